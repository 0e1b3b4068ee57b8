// Streams a tool loop with parallel calls, then asks for a typed value.
import { createClient, type Message, type ToolCallPart, type ToolInput } from '@inferway/core';
import { standard } from '@inferway/core/middleware';
import { createOpenAI } from '@inferway/openai';
import { z } from 'zod';

const client = createClient({ providers: [createOpenAI()], middleware: standard() });
const model = 'openai/gpt-5-mini';

const City = z.object({ city: z.enum(['Paris', 'Rome', 'Oslo']) });
const tools = [
  { name: 'get_weather', description: 'The weather in a city now.', parameters: City },
] satisfies ToolInput[];
const celsius = { Paris: 18, Rome: 24, Oslo: 9 };

function run({ name, arguments: text }: ToolCallPart): string {
  const { city } = City.parse(JSON.parse(text));
  console.log(`  ${name}(${city}) -> ${celsius[city]}`);
  return JSON.stringify({ city, celsius: celsius[city] });
}

const messages: Message[] = [
  {
    role: 'user',
    content: 'Compare Paris and Rome: use two parallel calls of get_weather, then sum it up.',
  },
];
for (let turn = 1; turn <= 5; turn++) {
  console.log(`turn ${turn}`);
  const stream = await client.chat.stream({ model, messages, tools });
  for await (const event of stream) {
    if (event.type === 'text-delta') process.stdout.write(event.text);
    if (event.type === 'part-start' && event.part.type === 'tool-call') {
      console.log(`  the model asks for ${event.part.name}`);
    }
  }
  const answer = await stream.result;
  messages.push(answer.message);
  if (answer.toolCalls.length === 0) break;
  messages.push({
    role: 'tool',
    content: answer.toolCalls.map((call) => ({
      type: 'tool-result',
      id: call.id,
      name: call.name,
      content: run(call),
    })),
  });
}

const Report = z.object({
  warmest: z.enum(['Paris', 'Rome', 'Oslo']),
  celsius: z.int().min(-50).max(60),
});
messages.push({ role: 'user', content: 'Report the warmest of them as JSON.' });
const { parsed, usage } = await client.chat({ model, messages, output: Report });
console.log(`\nreport: ${parsed?.warmest} at ${parsed?.celsius} °C`);
console.log(`tokens: ${usage?.inputTokens} in, ${usage?.outputTokens} out`);
