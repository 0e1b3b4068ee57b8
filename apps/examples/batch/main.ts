// Many requests at once: over OpenAI's batch API, at half the price and within hours; then the same run by the client, at once.
import { createClient, formatUsd, sumCosts } from '@inferway/core';
import { createOpenAI } from '@inferway/openai';
import { createPriceBook } from '@inferway/prices';

const client = createClient({
  providers: [createOpenAI()],
  batch: { prices: await createPriceBook() },
});
const cities = ['Paris', 'Rome', 'Oslo'];

const order = {
  model: 'openai/gpt-5-mini',
  items: cities.map((city) => ({
    id: city,
    messages: [{ role: 'user' as const, content: `One sentence about ${city}.` }],
  })),
} as const;

const job = await client.batch.create(order);
console.log(`${job.id}: ${job.status}`);

const ended = await client.batch.wait(job.id, { everyMs: 200 });
console.log(`${ended.status}, ${ended.counts?.succeeded} of ${ended.counts?.total}`);
const costs = [];
for await (const outcome of client.batch.results(job.id)) {
  if (outcome.status === 'succeeded') console.log(`${outcome.id}: ${outcome.result.text}`);
  else console.log(`${outcome.id}: ${outcome.error.message}`);
  if (outcome.cost !== undefined) costs.push(outcome.cost);
}
const cost = sumCosts(costs);
console.log(`cost: ${cost.known ? formatUsd(cost.total) : 'unknown'}`);

const own = await client.batch.create({ ...order, runBy: 'client' });
const { status, counts } = await client.batch.wait(own.id);
console.log(`run by the client: ${status}, ${counts?.succeeded} of ${counts?.total}`);
await client.close();
