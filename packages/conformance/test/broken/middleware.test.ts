import {
  Events,
  InferwayError,
  type AnyReply,
  type Call,
  type ChatEvent,
  type Next,
  type StreamReply,
} from '@inferway/core';
import { expect, it } from 'vitest';
import { testMiddleware } from '../../src/index.js';
import { collectingRunner } from '../support/failures-of.js';

type Layer = (call: Call, next: Next) => Promise<AnyReply>;

/**
 * A middleware that is broken in one way: every check that it fails fits one of these, and each of these a check that it fails.
 *
 * @param sometimes What it may fail besides, where the machine's own timing decides.
 */
function failsOnly(
  name: string,
  titles: readonly RegExp[],
  make: () => Layer,
  sometimes: readonly RegExp[] = [],
): void {
  const allowed = [...titles, ...sometimes];
  it(`a middleware that ${name}`, { timeout: 60_000 }, async () => {
    const { runner, failures } = collectingRunner(1);
    testMiddleware(make as never, { name: 'broken', runner, patienceMs: 300 });
    const failed = [...(await failures()).keys()];
    expect(failed.filter((title) => !allowed.some((one) => one.test(title)))).toEqual([]);
    expect(titles.filter((one) => !failed.some((title) => one.test(title)))).toEqual([]);
  });
}

const ask = (call: Call, next: Next): Promise<AnyReply> => next(call) as Promise<AnyReply>;
const isStream = (reply: AnyReply): reply is StreamReply => reply.stream;

failsOnly(
  'reads streams ahead',
  [
    /it reads no further/u,
    /stream that breaks/u,
    /^ends of calls › (?:return|leaving|cancel)/u,
    /an abort while a stream is read/u,
  ],
  () => async (call, next) => {
    const reply = await ask(call, next);
    if (!isStream(reply)) return reply;
    const all: ChatEvent[] = [];
    for await (const event of reply.events) all.push(event as ChatEvent);
    const { usage } = reply.events;
    const source = {
      usage,
      pull: async () => (all.length > 0 ? all.splice(0, 1) : undefined),
      cancel() {},
    };
    return { ...reply, events: new Events(source, call.signal) } as never;
  },
);

failsOnly(
  'puts a stream of its own around a stream and forgets its cancel',
  [/^ends of calls › (?:return|leaving|cancel)/u, /an abort by|it reads no further|ends of calls/u],
  () => async (call, next) => {
    const reply = await ask(call, next);
    if (!isStream(reply)) return reply;
    const { events } = reply;
    const source = {
      get usage() {
        return events.usage;
      },
      pull: async () => {
        const one = await events.next();
        return one.done === true ? undefined : [one.value as ChatEvent];
      },
      cancel() {},
    };
    return { ...reply, events: new Events(source, call.signal) } as never;
  },
);

failsOnly('wraps errors into its own', [/a refused/u], () => async (call, next) => {
  try {
    return await ask(call, next);
  } catch (reason) {
    const error = InferwayError.from(reason);
    throw new InferwayError(error.code, { message: error.message, retryable: error.retryable });
  }
});

failsOnly(
  'asks twice and leaves the first reply open',
  [/^replies › /u, /^ends of calls › /u, /nothing of a finished call is kept/u],
  () => async (call, next) => {
    if (call.stream) await ask(call, next);
    return ask(call, next);
  },
);

failsOnly(
  'does not pass on the signal',
  [
    /an abort before/u,
    /an abort by a middleware outside/u,
    /aborted already/u,
    /an abort while a stream is read/u,
  ],
  () => (call, next) => ask({ ...call, signal: new AbortController().signal }, next),
);

failsOnly(
  'leaves a listener at the signal',
  [/nothing of a finished call is kept/u],
  () => (call, next) => {
    call.signal.addEventListener('abort', () => {});
    return ask(call, next);
  },
);

failsOnly(
  'leaves a timer',
  [/^replies › /u, /^ends of calls › /u, /nothing of a finished call is kept/u],
  () => (call, next) => {
    call.state.runtime.clock.setTimer(() => {}, 3_600_000);
    return ask(call, next);
  },
);

failsOnly('keeps every call', [/nothing of a finished call is kept/u], () => {
  const kept: Call[] = [];
  return (call, next) => {
    kept.push(call);
    return ask(call, next);
  };
});

failsOnly('knows chat only', [/an operation that it never heard of/u], () => async (call, next) => {
  if (call.operation !== 'chat') throw new InferwayError('unsupported', { message: 'Not a chat.' });
  return ask(call, next);
});

failsOnly('writes into the call', [/a frozen call/u], () => (call, next) => {
  (call.model as { id: string }).id = 'another';
  return ask(call, next);
});

failsOnly(
  'remembers the call in one variable for all',
  [/do not touch each other/u],
  () => {
    let current: Call | undefined;
    return async (call, next) => {
      current = call;
      await new Promise((resolve) => setTimeout(resolve, 0));
      const mine = current;
      if (mine.stream !== call.stream) return ask(call, next);
      return ask({ ...mine, signal: call.signal, state: call.state } as Call, next).finally(() => {
        current = undefined;
      });
    };
  },
  // It waits in real time for calls that wait in virtual time.
  [
    /an abort while a stream/u,
    /a middleware outside of it may call/u,
    /nothing of a finished call/u,
  ],
);

failsOnly(
  'drops what is known of the reply',
  [/a unary reply is passed on/u, /a stream’s events are passed on/u],
  () => async (call, next) => {
    const reply = await ask(call, next);
    const { provider, model } = reply.meta;
    return { ...reply, meta: { provider, model } };
  },
);

failsOnly(
  'tries again though it was not told to',
  [/a call is one call/u],
  () => async (call, next) => {
    try {
      return await ask(call, next);
    } catch (reason) {
      if (!InferwayError.is(reason) || reason.code !== 'overloaded') throw reason;
      return ask(call, next);
    }
  },
);
