// Two providers, the first one failing: the caller sees one clean answer.
import { createAnthropic } from '@inferway/anthropic';
import { createClient, formatUsd } from '@inferway/core';
import { standard } from '@inferway/core/middleware';
import { createOpenAI } from '@inferway/openai';
import { createPriceBook } from '@inferway/prices';

const client = createClient({
  providers: [createOpenAI(), createAnthropic()],
  middleware: standard({
    retry: { attempts: 2, baseMs: 50 },
    fallback: { targets: ['anthropic/claude-sonnet-4-6'] },
    cost: { prices: await createPriceBook() },
  }),
});

const stream = await client.chat.stream({
  // The simulator answers this one as an overloaded provider does; the real OpenAI does not know it. Both lead to the fallback.
  model: 'openai/gpt-5-mini:fault-overloaded',
  messages: [{ role: 'user', content: 'Why is the sky blue? Answer in two sentences.' }],
});
for await (const piece of stream.text) process.stdout.write(piece);

console.log('\n');
for (const { number, provider, model, error } of stream.meta.attempts ?? []) {
  console.log(`attempt ${number}: ${provider}/${model}: ${error ?? 'answered'}`);
}
console.log(`cost: ${stream.cost?.known ? formatUsd(stream.cost.total) : 'unknown'}`);
