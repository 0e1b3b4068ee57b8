import {
  createClient,
  observe,
  on,
  type Call,
  type Middleware,
  type Provider,
  type ProviderOf,
  type Reply,
} from '@inferway/core';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import * as v from 'valibot';

declare module '@inferway/core' {
  interface Operations {
    classify: {
      request: { text: string };
      result: { label: string };
      event: never;
    };
  }
}

declare const openai: ProviderOf<'openai', 'chat' | 'complete' | 'embed'>;
declare const anthropic: ProviderOf<'anthropic', 'chat'>;
declare const classifier: ProviderOf<'local', 'classify'>;
declare const wide: Provider;

const client = createClient({ providers: [openai, anthropic, classifier] });
const messages = [{ role: 'user', content: 'hi' }] as const;

// A right call.
const answer = await client.chat({ model: 'openai/gpt-5', messages });
expectTypeOf(answer.text).toEqualTypeOf<string>();
expectTypeOf(answer.usage?.inputTokens).toEqualTypeOf<number | undefined>();
// @ts-expect-error nothing was to be parsed
answer.parsed;

// Structured output is typed from the schema, however it is given.
const Person = z.object({ name: z.string(), age: z.number() });
const direct = await client.chat({ model: 'openai/gpt-5', messages, output: Person });
expectTypeOf(direct.parsed).toEqualTypeOf<{ name: string; age: number } | undefined>();
const named = await client.chat({
  model: 'openai/gpt-5',
  messages,
  output: { schema: Person, name: 'person' },
});
expectTypeOf(named.parsed).toEqualTypeOf<{ name: string; age: number } | undefined>();
const other = await client.chat({
  model: 'openai/gpt-5',
  messages,
  output: { schema: v.object({ ok: v.boolean() }), jsonSchema: { type: 'object' } },
});
expectTypeOf(other.parsed).toEqualTypeOf<{ ok: boolean } | undefined>();

// Streams.
const stream = await client.chat.stream({ model: 'anthropic/claude', messages, output: Person });
for await (const event of stream)
  if (event.type === 'text-delta') expectTypeOf(event.text).toEqualTypeOf<string>();
expectTypeOf((await stream.result).parsed).toEqualTypeOf<
  { name: string; age: number } | undefined
>();
expectTypeOf(await stream.text).toEqualTypeOf<string>();

// Third-party operation.
const classified = await client.classify({ model: 'local/tiny', text: 'x' });
expectTypeOf(classified.label).toEqualTypeOf<string>();
// @ts-expect-error an operation without events cannot stream
client.classify.stream;
// @ts-expect-error a wrong request
await client.classify({ model: 'local/tiny', txt: 'x' });

// A wrong request.
// @ts-expect-error unknown setting
await client.chat({ model: 'openai/gpt-5', messages, temprature: 1 });
// @ts-expect-error wrong type
await client.chat({ model: 'openai/gpt-5', messages, temperature: 'hot' });
// @ts-expect-error no messages
await client.chat({ model: 'openai/gpt-5' });
// @ts-expect-error unknown provider
await client.chat({ model: 'opnai/gpt-5', messages });
// @ts-expect-error that provider cannot embed
await client.embed({ model: 'anthropic/claude', input: 'x' });
// @ts-expect-error no provider of this client can do that
createClient({ providers: [anthropic] }).embed;

// A client of providers known only at run time has all operations.
const late = createClient({ providers: [wide] });
await late.embed({ model: 'whatever/model', input: 'x' });

// Middleware.
const narrow: Middleware = on('embed', async (call, next) => {
  expectTypeOf(call.request.input).toEqualTypeOf<
    string | readonly string[] | readonly (readonly number[])[]
  >();
  const reply = await next(call);
  expectTypeOf(reply.result.embeddings).toEqualTypeOf<readonly (readonly number[] | string)[]>();
  return reply;
});
// @ts-expect-error a wrong result
on('embed', async (call, next) => ({ ...(await next(call)), result: { vectors: [] } }));
const anyCall: Middleware = async (call, next) => {
  if (call.operation === 'chat' && call.stream) {
    expectTypeOf(call.request.messages[0]?.role).toEqualTypeOf<
      'system' | 'developer' | 'user' | 'assistant' | 'tool' | undefined
    >();
    const reply = await next(call);
    expectTypeOf(reply.stream).toEqualTypeOf<true>();
  }
  return next(call);
};
// An observer sees the events of what it observes.
const seen: Middleware = async (call, next) =>
  observe(await next(call), {
    event(event) {
      if (event.type === 'text-delta') expectTypeOf(event.text).toEqualTypeOf<string>();
      // @ts-expect-error no operation here has such an event
      void (event.type === 'text-dleta');
    },
  });
void [narrow, anyCall, seen];

// A provider as a plain object.
const plain = {
  name: 'plain',
  async embed(call: Call<'embed'>): Promise<Reply<Call<'embed'>>> {
    return {
      stream: false,
      result: { embeddings: [[call.request.input.length]] },
      meta: { provider: 'plain', model: call.model.id },
    };
  },
} satisfies Provider;
createClient({ providers: [plain] }).embed({ model: 'plain/x', input: 'x' });
