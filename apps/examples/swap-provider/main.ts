// The same call to three protocols: only the model's name changes.
import { createAnthropic } from '@inferway/anthropic';
import { createClient } from '@inferway/core';
import { createHuggingFace } from '@inferway/huggingface';
import { createOpenAI } from '@inferway/openai';

const client = createClient({
  providers: [createOpenAI(), createAnthropic(), createHuggingFace()],
});
const models = [
  'openai/gpt-5-mini',
  'anthropic/claude-sonnet-4-6',
  'huggingface/openai/gpt-oss-120b:fastest',
] as const;

for (const model of models) {
  const answer = await client.chat({
    model,
    messages: [{ role: 'user', content: 'Name a colour in one short sentence.' }],
  });
  const { servedBy, provider } = answer.meta;
  console.log(`${model} (served by ${servedBy ?? provider}): ${answer.text}`);
}
