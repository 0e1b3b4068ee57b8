// Checked by the compiler, never run.
import {
  caller,
  callerOf,
  createClient,
  listen,
  tell,
  type Call,
  type Caller,
  type ChainEvent,
  type ErrorCode,
  type State,
  type StateKey,
} from '@inferway/core';
import { formatEvent, monitor, type AttemptEnd, type CallEnd } from '@inferway/core/middleware';
import type { BreakerChange } from '@inferway/core/resilience';
import type { BudgetAlert } from '@inferway/core/spending';
import { fakeProvider, say } from '@inferway/core/testing';
import { expectTypeOf } from 'vitest';

declare module '@inferway/core' {
  interface ChainEvents {
    readonly 'own-layer': { readonly seconds: number };
  }
}

declare const call: Call;
declare const state: State;
const messages = [{ role: 'user' as const, content: 'hi' }];

// `type` tells which event it is, of whichever layer.
listen(state, (event) => {
  expectTypeOf(event).toEqualTypeOf<ChainEvent>();
  switch (event.type) {
    case 'retry':
      expectTypeOf(event.delayMs).toEqualTypeOf<number>();
      expectTypeOf(event.reason).toEqualTypeOf<ErrorCode>();
      // @ts-expect-error: of another event
      event.chosen;
      break;
    case 'route':
      expectTypeOf(event.chosen).toEqualTypeOf<string>();
      break;
    case 'cache':
      expectTypeOf(event.result).toEqualTypeOf<'hit' | 'stale' | 'miss' | 'bypass'>();
      break;
    case 'breaker':
      expectTypeOf(event).toExtend<BreakerChange>();
      break;
    case 'limit-refused':
      expectTypeOf(event.reason).not.toBeAny();
      break;
    case 'budget-alert':
      expectTypeOf(event).toExtend<BudgetAlert>();
      break;
    case 'ledger-refused':
      expectTypeOf(event.retryAfterMs).toEqualTypeOf<number>();
      break;
    case 'guard':
      expectTypeOf(event.verdict).toEqualTypeOf<'deny' | 'replace' | 'ask-again'>();
      break;
    case 'attempt':
      expectTypeOf(event).toExtend<AttemptEnd>();
      break;
    case 'call':
      expectTypeOf(event).toExtend<CallEnd>();
      break;
    case 'own-layer':
      expectTypeOf(event.seconds).toEqualTypeOf<number>();
      break;
    default:
      expectTypeOf(event.type).not.toBeAny();
  }
  // @ts-expect-error: no such event
  void (event.type === 'retries');
  // @ts-expect-error: what was told stays as it is
  event.type = 'call';
});

tell(call, { type: 'own-layer', seconds: 1 });
// @ts-expect-error: a member is missing
tell(call, { type: 'own-layer' });
// @ts-expect-error: not a member
tell(call, { type: 'own-layer', seconds: 1, content: 'hi' });
// @ts-expect-error: no such event
tell(call, { type: 'other-layer', seconds: 1 });

monitor({ onEvent: (event) => expectTypeOf(formatEvent(event)).toEqualTypeOf<string>() });
// @ts-expect-error: who would hear it
monitor({});

// Whose call it is.
expectTypeOf(caller).toEqualTypeOf<StateKey<Caller>>();
expectTypeOf(callerOf(state)).toEqualTypeOf<Caller>();
expectTypeOf(state.get(caller)).toEqualTypeOf<Caller | undefined>();
const client = createClient({ providers: [fakeProvider({ script: say('x') })] });
void client.chat(
  { model: 'fake/m', messages },
  { state: (own) => own.set(caller, { tenant: 'acme', user: undefined, tags: ['beta'] }) },
);
void client.chat(
  { model: 'fake/m', messages },
  {
    // @ts-expect-error: not a member of a caller
    state: (own) => own.set(caller, { tenantId: 'acme' }),
  },
);
// @ts-expect-error: tags are a list
state.set(caller, { tags: 'beta' });
// @ts-expect-error: a caller is what it was set to
callerOf(state).tenant = 'other';
