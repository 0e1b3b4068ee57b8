// Checked by the compiler, never run.
import { createClient, type BatchId } from '@inferway/core';
import { fakeProvider, say } from '@inferway/core/testing';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';

const client = createClient({
  providers: [
    fakeProvider({ name: 'a', operations: ['chat', 'embed'], script: say('x') }),
    fakeProvider({ name: 'b', operations: ['chat'], script: say('x') }),
  ],
});
const messages = [{ role: 'user' as const, content: 'hi' }];

// Chat where nothing is said; a schema's type reaches the outcomes by the id.
const typed = await client.batch.create({
  model: 'b/m',
  items: [{ id: 'one', messages, output: z.object({ age: z.number() }) }],
});
for await (const outcome of client.batch.results(typed.id)) {
  if (outcome.status === 'succeeded') {
    expectTypeOf(outcome.result.text).toEqualTypeOf<string>();
    expectTypeOf(outcome.result.parsed).toEqualTypeOf<{ age: number } | undefined>();
  } else expectTypeOf(outcome.error.code).not.toBeAny();
}

const plain = await client.batch.create({ model: 'a/m', items: [{ messages }] });
for await (const outcome of client.batch.results(plain.id)) {
  // @ts-expect-error: nothing was to be parsed
  if (outcome.status === 'succeeded') void outcome.result.parsed;
}

const embed = await client.batch.create({
  model: 'a/m',
  operation: 'embed',
  items: [{ input: 'a' }],
});
for await (const outcome of client.batch.results(embed.id)) {
  if (outcome.status === 'succeeded') expectTypeOf(outcome.result.embeddings).not.toBeAny();
}

// An id from elsewhere is text.
const kept: string = embed.id;
for await (const outcome of client.batch.results<'embed'>(kept)) {
  if (outcome.status === 'succeeded') expectTypeOf(outcome.result.embeddings).not.toBeAny();
}
expectTypeOf(embed.id).toExtend<BatchId<'embed'>>();

// @ts-expect-error: only "a" embeds
void client.batch.create({ model: 'b/m', operation: 'embed', items: [{ input: 'a' }] });
// @ts-expect-error: no provider has it
void client.batch.create({ model: 'a/m', operation: 'complete', items: [{ prompt: 'a' }] });
// @ts-expect-error: an item has no model of its own
void client.batch.create({ model: 'a/m', items: [{ model: 'b/m', messages }] });
