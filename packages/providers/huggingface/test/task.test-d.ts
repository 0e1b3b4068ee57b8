import { createClient, type FileData } from '@inferway/core';
import { createHuggingFace, createHuggingFaceEndpoint } from '@inferway/huggingface';
import { expectTypeOf } from 'vitest';

const client = createClient({
  providers: [createHuggingFace(), createHuggingFaceEndpoint({ url: 'https://x' })],
});
const model = 'huggingface/org/name';

// The output follows from the task's name.
const felt = await client.task({ model, task: 'text-classification', inputs: 'fine' });
expectTypeOf(felt.task).toEqualTypeOf<'text-classification'>();
expectTypeOf(felt.output).toEqualTypeOf<
  readonly { readonly label: string; readonly score: number }[]
>();
expectTypeOf(felt.meta.servedBy).toEqualTypeOf<string | undefined>();
const made = await client.task({ model, task: 'text-to-image', inputs: 'a tortoise' });
expectTypeOf(made.output).toEqualTypeOf<readonly FileData[]>();
const short = await client.task({ model, task: 'summarization', inputs: ['a', 'b'] });
expectTypeOf(short.output).toEqualTypeOf<readonly string[]>();
const seen = await client.task({
  model: 'endpoint/any',
  task: 'visual-question-answering',
  inputs: { image: new Uint8Array(), question: 'What?' },
  parameters: { top_k: 1 },
});
expectTypeOf(seen.output[0]?.answer).toEqualTypeOf<string | undefined>();

// Inputs of another task.
// @ts-expect-error a question needs its context
await client.task({ model, task: 'question-answering', inputs: { question: 'Why?' } });
// @ts-expect-error an image is no text
await client.task({ model, task: 'text-classification', inputs: new Uint8Array() });
// @ts-expect-error labels are asked for
await client.task({ model, task: 'zero-shot-classification', inputs: 'text' });
// @ts-expect-error a known parameter of another type
await client.task({ model, task: 'text-to-image', inputs: 'x', parameters: { seed: 'one' } });
// @ts-expect-error no such task
await client.task({ model, task: 'text-to-smell', inputs: 'x' });
// @ts-expect-error no such provider
await client.task({ model: 'openai/gpt-5', task: 'fill-mask', inputs: '[MASK]' });
// @ts-expect-error tasks do not stream
client.task.stream;

// Parameters that only a model knows.
await client.task({ model, task: 'text-to-image', inputs: 'x', parameters: { scheduler: 'ddim' } });
// The other operations are as they were.
const chat = await client.chat({ model, messages: [{ role: 'user', content: 'hi' }] });
expectTypeOf(chat.text).toEqualTypeOf<string>();
