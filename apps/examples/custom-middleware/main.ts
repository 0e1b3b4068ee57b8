// A middleware of one's own around the standard chain.
import { createClient } from '@inferway/core';
import { standard } from '@inferway/core/middleware';
import { createOpenAI } from '@inferway/openai';
import { createPriceBook } from '@inferway/prices';
import { logCalls } from './log-calls.js';

const client = createClient({
  providers: [createOpenAI()],
  middleware: standard({
    outer: [logCalls((line) => console.log(line))],
    cost: { prices: await createPriceBook() },
  }),
});
const request = {
  model: 'openai/gpt-5-mini',
  messages: [{ role: 'user', content: 'Why is the sky blue? Answer in two sentences.' }],
} as const;

await client.chat(request);

const stream = await client.chat.stream(request);
await stream.text;

const left = await client.chat.stream(request);
for await (const event of left) if (event.type === 'text-delta') break;
