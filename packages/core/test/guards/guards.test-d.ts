// Checked by the compiler, never run.
import type { Call, ChatResult, Middleware, ResultOf } from '@inferway/core';
import {
  caps,
  guard,
  guardHook,
  patternDetector,
  pii,
  redact,
  secrets,
  type GuardHook,
} from '@inferway/core/guards';
import { expectTypeOf } from 'vitest';

// A hook has the types of the operation it is for …
const short = guardHook('chat', {
  name: 'short',
  before(call) {
    expectTypeOf(call).toEqualTypeOf<Call<'chat'>>();
    return { verdict: 'replace', request: { ...call.request, maxOutputTokens: 100 } };
  },
  after(result, call) {
    expectTypeOf(result).toEqualTypeOf<ChatResult>();
    expectTypeOf(call).toEqualTypeOf<Call<'chat'>>();
    if (result.finishReason.unified === 'stop') return undefined;
    return { verdict: 'ask-again', message: 'Say it whole.', reason: 'cut' };
  },
});
expectTypeOf(short).toEqualTypeOf<GuardHook>();
// … or of several.
guardHook(['embed', 'rerank'], {
  name: 'several',
  after(result) {
    expectTypeOf(result).toEqualTypeOf<ResultOf<'embed' | 'rerank'>>();
    return { verdict: 'allow' };
  },
});
// @ts-expect-error: no such operation
guardHook('chatt', { name: 'a' });
// @ts-expect-error: errors name it
guardHook('chat', { before: () => undefined });
// @ts-expect-error: not a verdict
guardHook('chat', { name: 'a', before: () => ({ verdict: 'refuse', reason: 'x' }) });
// @ts-expect-error: what is denied has a reason
guardHook('chat', { name: 'a', before: () => ({ verdict: 'deny' }) });
// @ts-expect-error: a request cannot be asked for again
guardHook('chat', { name: 'a', before: () => ({ verdict: 'ask-again', message: '', reason: '' }) });
// @ts-expect-error: the request of another operation
guardHook('chat', { name: 'a', before: () => ({ verdict: 'replace', request: { input: 'x' } }) });
// @ts-expect-error: the operations are said once, before
guardHook('chat', { name: 'a', operations: ['chat'] });

expectTypeOf(guard(short)).toEqualTypeOf<Middleware>();
guard({ hooks: [short, caps({ inputCharacters: 10 })], maxAsks: 2 });
// @ts-expect-error: no such option
guard({ hooks: [short], asks: 2 });
// @ts-expect-error: a hook is an object; a function has a name, and would check nothing
guard(() => ({ verdict: 'allow' }));
// @ts-expect-error: the same in a list, of a function with a name of its own
guard({ hooks: [short, function check() {}] });
// @ts-expect-error: a hook is no name
guard('secrets');

// Redaction.
redact({ detectors: [secrets(), pii(['email'])] });
// @ts-expect-error: no such kind
pii(['e-mail']);
// @ts-expect-error: a pattern is needed
patternDetector({ kind: 'badge' });
