import {
  createClient,
  on,
  type Call,
  type ChatResult,
  type Middleware,
  type Next,
  type Reply,
  type StreamReply,
  type UnaryReply,
} from '@inferway/core';
import { cache } from '@inferway/core/caching';
import {
  auth,
  cost,
  env,
  fallback,
  fixed,
  pool,
  priceTable,
  refreshing,
  retry,
  standard,
  timeout,
  type Charge,
  type CredentialSource,
} from '@inferway/core/middleware';
import { fakeProvider, say } from '@inferway/core/testing';
import { expectTypeOf } from 'vitest';

// `on`: exact types for one operation …
on('chat', async (call, next) => {
  expectTypeOf(call).toEqualTypeOf<Call<'chat'>>();
  if (call.stream) {
    const reply = await next(call);
    expectTypeOf(reply).toEqualTypeOf<StreamReply<'chat'>>();
    return reply;
  }
  const reply = await next(call);
  expectTypeOf(reply).toEqualTypeOf<UnaryReply<'chat'>>();
  expectTypeOf(reply.result).toEqualTypeOf<ChatResult>();
  return { ...reply, result: { ...reply.result, id: 'mine' } };
});
// … or for several.
on(['embed', 'complete'], async (call, next) => {
  expectTypeOf(call.operation).toEqualTypeOf<'embed' | 'complete'>();
  // @ts-expect-error a chat's request is not here
  call.request.messages;
  return next(call);
});
// @ts-expect-error no such operation
on('chatt', (call, next) => next(call));
// @ts-expect-error a result of another operation
on('chat', async (call, next) => ({
  stream: false,
  result: { embeddings: [] },
  meta: (await next(call)).meta,
}));
// @ts-expect-error an operation that cannot stream has no events
on('embed', async (call, next) => (await next(call)).events);
on('embed', async (call, next) => {
  // @ts-expect-error a call is immutable
  call.model = { provider: 'a', id: 'b' };
  return next(call);
});
// @ts-expect-error a wrong request
on('embed', (call, next) => next({ ...call, request: { inputs: 'x' } }));

// A plain function is a middleware; the model may be changed, the shape of the answer may not.
const plain: Middleware = (call, next) => next({ ...call, model: { provider: 'a', id: 'b' } });
// @ts-expect-error not a reply
const noReply: Middleware = async () => 'answer';
// @ts-expect-error a reply without its meta
const noMeta: Middleware = async () => ({ stream: false, result: {} });
declare const next: Next;
declare const unary: Call<'chat', false>;
expectTypeOf(await next(unary)).toEqualTypeOf<Reply<Call<'chat', false>>>();

// Credentials.
auth({
  openai: env('KEY'),
  anthropic: pool(['a', 'b'], { parkMs: 1 }),
  hf: refreshing(async (signal) => ({ secret: String(signal.aborted), expiresInMs: 1 })),
});
auth(fixed('x', 'label'));
const vault: CredentialSource = { get: (call) => Promise.reject(new Error(call.model.provider)) };
auth({ vault });
// @ts-expect-error a bare secret is no source: it would be too easy to log
auth({ openai: 'sk-…' });
// @ts-expect-error a pool needs its keys
pool();
// @ts-expect-error what was loaded needs a secret
refreshing(async () => ({ token: 'x' }));

// Attempts.
retry({ attempts: 2, on: (error, call) => error.retryable && call.stream });
fallback(
  'a/b',
  { provider: 'c', id: 'd' },
  { model: 'e/f', when: (error) => error.code === 'context_length' },
);
fallback({ targets: { 'a/b': ['c/d'], '*': ['e/f'] }, on: (error) => error.fallbackable });
fallback({ targets: (model) => (model.id === 'x' ? ['a/b'] : undefined) });
// @ts-expect-error not a code
fallback({ model: 'e/f', when: (error) => error.code === 'contextlength' });
// @ts-expect-error no such option
retry({ retries: 2 });
timeout({ connectMs: false, totalMs: 1000 });
// @ts-expect-error a time is a number
timeout({ totalMs: '10s' });

// Caching: a scope is required.
cache({ scope: 'shared' });
cache({ scope: (call) => call.model.provider });
// @ts-expect-error no scope
cache({});
// @ts-expect-error only one word stands for all; a tenant's name is not it
cache({ scope: 'tenant' });

// Spending.
cost({
  prices: priceTable({ 'a/*': { input: 1, output: 2 } }),
  onCharge(charge) {
    expectTypeOf(charge).toEqualTypeOf<Charge>();
    // @ts-expect-error unknown is not a number: ask first
    charge.cost.total;
    if (charge.cost.known) expectTypeOf(charge.cost.total).toEqualTypeOf<number>();
  },
});
// @ts-expect-error both prices are needed
priceTable({ 'a/*': { input: 1 } });

// The preset.
expectTypeOf(standard()).toEqualTypeOf<readonly Middleware[]>();
standard({
  outer: [plain],
  cache: cache({ scope: 'shared' }),
  fallback: { targets: ['a/b'] },
  retry: false,
  cost: false,
  timeout: false,
  auth: false,
});
// @ts-expect-error the preset takes a cache that is made
standard({ cache: { scope: 'shared' } });
// @ts-expect-error no such layer
standard({ caching: false });
createClient({ providers: [fakeProvider({ script: say('x') })], middleware: standard() }).chat({
  model: 'fake/m',
  messages: [],
});

// A fake provider has the operations that it was given.
const faked = createClient({
  providers: [fakeProvider({ name: 'f', operations: ['embed'], script: [] })],
});
faked.embed({ model: 'f/m', input: 'x' });
// @ts-expect-error it was not given this one
faked.chat;

// A provider written where the client is made is typed there.
createClient({
  providers: [
    {
      name: 'inline',
      async embed(call) {
        expectTypeOf(call).toEqualTypeOf<Call<'embed'>>();
        return {
          stream: false,
          result: { embeddings: [] },
          meta: { provider: 'inline', model: call.model.id },
        };
      },
    },
  ],
}).embed({ model: 'inline/m', input: 'x' });
createClient({
  providers: [
    {
      name: 'inline',
      // @ts-expect-error a wrong result
      embed: async () => ({
        stream: false,
        result: { vectors: [] },
        meta: { provider: 'x', model: 'y' },
      }),
    },
  ],
});
void [noReply, noMeta];
