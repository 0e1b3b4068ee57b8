import {
  createClient,
  deadlineOf,
  type CallOptions,
  type InferwayError,
  type Middleware,
  type State,
} from '@inferway/core';
import { retry, timeout, type TimeoutOptions } from '@inferway/core/middleware';
import {
  accept,
  bytes,
  connected,
  connecting,
  emit,
  fail,
  fakeProvider,
  ignoreCancel,
  say,
  settle,
  stall,
  virtualClock,
  wait,
  type Script,
  type Step,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../helpers.js';

const messages = [{ role: 'user', content: 'hi' }] as const;
const delta = (text = 'x'): Step => emit({ type: 'text-delta', index: 0, text });
const start = (): Step =>
  emit({ type: 'start' }, { type: 'part-start', index: 0, part: { type: 'text', text: '' } });
const repeated = (times: number, ...steps: Step[]): Step[] =>
  Array.from({ length: times }, () => steps).flat();

function setUp(script: Script, options: TimeoutOptions = {}, outer: readonly Middleware[] = []) {
  const clock = virtualClock();
  const provider = fakeProvider({ script });
  const client = createClient({
    providers: [provider],
    middleware: [...outer, timeout(options)],
    clock,
  });
  const open = (call?: CallOptions) => client.chat.stream({ model: 'fake/m', messages }, call);
  return {
    clock,
    provider,
    chat: (call?: CallOptions) => client.chat({ model: 'fake/m', messages }, call),
    open,
    /** Opens a stream and reads it to its end. */
    read: async (call?: CallOptions) => (await open(call)).text,
  };
}

/** Runs the clock and gives the time at which the call failed, and its error. */
async function failing(
  clock: ReturnType<typeof virtualClock>,
  work: PromiseLike<unknown>,
  forMs = 1_000_000,
): Promise<{ at: number; error: InferwayError }> {
  let at = Number.NaN;
  const error = errorOf(
    Promise.resolve(work).finally(() => {
      at = clock.now();
    }),
  );
  await clock.advance(forMs);
  return { at, error: await error };
}

describe('connecting', () => {
  test('runs out after 10 s, says that nothing was sent, and closes the socket', async () => {
    const { clock, chat, provider } = setUp([connecting(), stall()]);
    const { at, error } = await failing(clock, chat());
    expect(at).toBe(10_000);
    expect(error).toMatchObject({
      code: 'timeout',
      phase: 'connect',
      sent: 'no',
      provider: 'fake',
      model: 'm',
      retryable: true,
      fallbackable: true,
    });
    expect(provider.open).toBe(0);
    expect(provider.attempts[0]?.cancelled).toBe(error);
  });

  test('ends when the connection is there', async () => {
    const { clock, chat } = setUp([
      connecting(),
      wait(9_999),
      connected(),
      wait(50_000),
      ...say('late'),
    ]);
    const call = chat();
    await clock.advance(60_000);
    expect((await call).text).toBe('late');
    expect(clock.timers).toBe(0);
  });

  test('runs from when a connection is asked for', async () => {
    const { clock, chat } = setUp([wait(8_000), connecting(), stall()]);
    expect((await failing(clock, chat())).at).toBe(18_000);
  });

  test('plays no part where the transport tells of none', async () => {
    const { clock, chat } = setUp([wait(100_000), ...say('late')], { connectMs: 10 });
    const call = chat();
    await clock.advance(100_000);
    expect((await call).text).toBe('late');
  });
});

describe('the first event', () => {
  test('of a stream must come within 120 s, headers or not (F33)', async () => {
    for (const script of [
      [stall()],
      [accept(), stall()],
      [accept(), ...repeated(999, wait(1000), bytes())],
    ]) {
      const { clock, read, provider } = setUp(script);
      const { at, error } = await failing(clock, read());
      expect(at).toBe(120_000);
      expect(error.phase).toBe('first-event');
      expect(provider.open).toBe(0);
    }
  });

  test('of a unary answer is its first byte, and may take 600 s', async () => {
    const { clock, chat } = setUp([stall()]);
    const { at, error } = await failing(clock, chat());
    expect(at).toBe(600_000);
    expect(error.phase).toBe('first-event');
  });

  test('takes a limit of one’s own for both', async () => {
    const { clock, chat } = setUp([stall()], { firstEventMs: 50 });
    expect((await failing(clock, chat())).at).toBe(50);
  });

  test('is not waited for while nobody reads', async () => {
    const { clock, open } = setUp([accept(), wait(10), ...say('x')]);
    const stream = await open();
    await clock.advance(1_000_000);
    const text = stream.text.then((all) => all);
    await clock.advance(10);
    expect(await text).toBe('x');
  });

  test('adds up what was waited before and after the headers', async () => {
    const { clock, open } = setUp([wait(100_000), accept(), stall()]);
    const opening = open();
    await clock.advance(100_000);
    const stream = await opening;
    await clock.advance(500_000);
    const { at } = await failing(clock, stream.result);
    expect(at).toBe(620_000);
  });
});

describe('silence after content', () => {
  test('of a stream runs out after 60 s without a byte, and keeps the text so far (F34)', async () => {
    const { clock, open, provider } = setUp([
      accept(),
      start(),
      delta('two '),
      delta('tokens'),
      stall(),
    ]);
    const { at, error } = await failing(clock, (await open()).text);
    expect(at).toBe(60_000);
    expect(error.phase).toBe('idle-bytes');
    expect(error.partial).toMatchObject({ message: { content: [{ text: 'two tokens' }] } });
    expect(provider.open).toBe(0);
  });

  test('is broken by a keep-alive, but content must come within 300 s (F35)', async () => {
    const { clock, read } = setUp([
      accept(),
      start(),
      delta(),
      ...repeated(999, wait(15_000), bytes()),
    ]);
    const { at, error } = await failing(clock, read());
    expect(at).toBe(300_000);
    expect(error.phase).toBe('idle-content');
  });

  test('before the first content is a model that thinks: only content is waited for', async () => {
    const { clock, read } = setUp([accept(), start(), wait(250_000), ...say('at last').slice(3)]);
    const text = read();
    await clock.advance(250_000);
    expect(await text).toBe('at last');
  });

  test('events without content do not count as content', async () => {
    const { clock, read } = setUp([accept(), delta(), ...repeated(999, wait(20_000), start())]);
    const { at, error } = await failing(clock, read());
    expect(at).toBe(300_000);
    expect(error.phase).toBe('idle-content');
  });

  test('of six minutes is allowed when configured (F36)', async () => {
    const { clock, read } = setUp([accept(), start(), wait(360_000), ...say('thought').slice(3)], {
      idleContentMs: 600_000,
    });
    const text = read();
    await clock.advance(360_000);
    expect(await text).toBe('thought');
  });

  test('in a unary body runs out after 60 s', async () => {
    const { clock, chat } = setUp([
      wait(300_000),
      accept(),
      bytes(),
      wait(30_000),
      bytes(),
      stall(),
    ]);
    const { at, error } = await failing(clock, chat());
    expect(at).toBe(390_000);
    expect(error.phase).toBe('idle-bytes');
  });

  test('that the reader makes counts for nothing', async () => {
    const { clock, open } = setUp([
      accept(),
      start(),
      delta('a'),
      wait(59_000),
      delta('b'),
      ...say('').slice(-1),
    ]);
    const stream = await open();
    const iterator = stream.text[Symbol.asyncIterator]();
    const texts: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      const next = iterator.next();
      await clock.advance(59_000);
      texts.push((await next).value);
      await clock.advance(10_000_000);
    }
    expect(texts).toEqual(['a', 'b', undefined]);
    expect(clock.timers).toBe(0);
  });

  test('adds up over a reader’s pauses between events without content', async () => {
    const { clock, open } = setUp([accept(), delta(), ...repeated(99, wait(50_000), start())]);
    const stream = await open();
    let waited = 0;
    await stream.nextBatch();
    const failed = errorOf(
      (async () => {
        for (;;) {
          const before = clock.now();
          try {
            await stream.nextBatch();
          } finally {
            waited += clock.now() - before;
          }
          await new Promise<void>((resolve) => {
            clock.setTimer(resolve, 1_000_000);
          });
        }
      })(),
    );
    await clock.advance(20_000_000);
    expect((await failed).phase).toBe('idle-content');
    expect(waited).toBe(300_000);
  });
});

describe('the total', () => {
  test('has no default: a long answer that flows is no fault', async () => {
    const { clock, read } = setUp([
      accept(),
      ...repeated(1000, wait(10_000), delta()),
      ...say('').slice(-1),
    ]);
    const text = read();
    await clock.advance(10_000_000);
    expect((await text).length).toBe(1000);
  });

  test('ends a trickle just under the idle limit, and nothing retries it (F37)', async () => {
    const { clock, read, provider } = setUp(
      [accept(), start(), ...repeated(1000, wait(50_000), delta())],
      { totalMs: 600_000 },
      [retry()],
    );
    const { at, error } = await failing(clock, read());
    expect(at).toBe(600_000);
    expect(error).toMatchObject({ phase: 'total', retryable: false, fallbackable: false });
    expect(provider.attempts.length).toBe(1);
  });

  test('is of the logical call: it spans its attempts and is known as its deadline', async () => {
    const { clock, chat, provider } = setUp([stall()], { firstEventMs: 400, totalMs: 1000 }, [
      retry({ baseMs: 1, maxMs: 1 }),
    ]);
    let state: State | undefined;
    const { at, error } = await failing(clock, chat({ state: (given) => (state = given) }));
    expect(at).toBe(1000);
    expect(error.phase).toBe('total');
    expect(provider.attempts.length).toBe(3);
    expect(state === undefined ? undefined : deadlineOf(state)).toBe(1000);
  });

  test('counts the time of a slow reader', async () => {
    const { clock, open } = setUp([accept(), delta('a'), delta('b')], { totalMs: 1000 });
    const stream = await open();
    await clock.advance(1000);
    expect((await errorOf(stream.text as unknown as Promise<string>)).phase).toBe('total');
  });
});

describe('a provider that does not listen', () => {
  test('is given up all the same', async () => {
    const { clock, chat } = setUp([ignoreCancel(), stall()], { firstEventMs: 100 });
    expect((await failing(clock, chat())).error.phase).toBe('first-event');
  });

  test('and whose stream comes too late has it closed', async () => {
    const { clock, open, provider } = setUp([ignoreCancel(), wait(500), ...say('late')], {
      firstEventMs: 100,
    });
    await failing(clock, open(), 100);
    expect(provider.attempts[0]?.cancelled?.code).toBe('timeout');
    await clock.advance(1000);
    expect(provider.open).toBe(0);
  });

  test('or throws an error of its own when it is cut off does not hide the time-out', async () => {
    const clock = virtualClock();
    const client = createClient({
      clock,
      middleware: [timeout({ firstEventMs: 100 })],
      providers: [
        {
          name: 'fake',
          chat: (call) =>
            new Promise((_resolve, reject) => {
              call.signal.addEventListener('abort', () => reject(new TypeError('socket hang up')));
            }),
        },
      ],
    });
    const call = client.chat({ model: 'fake/m', messages });
    expect((await failing(clock, call)).error).toMatchObject({
      code: 'timeout',
      phase: 'first-event',
    });
  });
});

test('a retry of a time-out has timers of its own', async () => {
  const { clock, read, provider } = setUp(
    (_call, attempt) => (attempt === 1 ? [stall()] : [wait(90_000), ...say('second')]),
    {},
    [retry({ baseMs: 1, maxMs: 1 })],
  );
  const text = read();
  await clock.advance(300_000);
  expect(await text).toBe('second');
  expect(provider.attempts.length).toBe(2);
  expect(clock.timers).toBe(0);
});

test('a timer that is off never runs out', async () => {
  const { clock, read, chat } = setUp(
    [accept(), start(), delta(), wait(9_000_000), ...say('').slice(-1)],
    {
      connectMs: false,
      firstEventMs: false,
      idleBytesMs: false,
      idleContentMs: false,
      totalMs: false,
    },
  );
  const text = read();
  const unary = chat();
  await settle();
  expect(clock.timers).toBe(2);
  await clock.advance(9_000_000);
  expect(await text).toBe('x');
  expect((await unary).text).toBe('x');
});

describe('nothing is left behind', () => {
  test.each<[string, Script]>([
    ['a stream that completes', say('a b c')],
    ['one that fails', [...say('a b c').slice(0, 4), fail('server')]],
    ['one that is refused', [fail('server')]],
  ])('%s', async (_name, script) => {
    const { clock, read, chat } = setUp(script);
    const { signal, count } = countingSignal();
    await Promise.resolve(read({ signal })).catch(() => undefined);
    await chat({ signal }).catch(() => undefined);
    expect(clock.timers).toBe(0);
    expect(count()).toBe(0);
  });

  test('a stream that is left, and one that is aborted', async () => {
    const { clock, open } = setUp([...say('a b').slice(0, 4), stall()]);
    const { controller, signal, count } = countingSignal();
    const left = await open({ signal });
    for await (const event of left) if (event.type === 'text-delta') break;
    expect(clock.timers).toBe(0);
    const aborted = await open({ signal });
    const reading = errorOf(aborted.result);
    await settle();
    controller.abort();
    await reading;
    expect(clock.timers).toBe(0);
    expect(count()).toBe(0);
  });

  test('bytes that are told after the end set no timer', async () => {
    const { clock, chat, provider } = setUp(say('x'));
    await chat();
    provider.attempts[0]?.call.progress?.bytes?.(1);
    provider.attempts[0]?.call.progress?.connecting?.();
    expect(clock.timers).toBe(0);
  });
});

test('one timer a call, set once, however many events flow', async () => {
  const clock = virtualClock();
  let set = 0;
  const counting = {
    ...clock,
    setTimer: (callback: () => void, ms: number) => (set++, clock.setTimer(callback, ms)),
  };
  const provider = fakeProvider({
    script: [connecting(), connected(), ...say('word '.repeat(500))],
  });
  const client = createClient({ providers: [provider], middleware: [timeout()], clock: counting });
  await (
    await client.chat.stream({ model: 'fake/m', messages })
  ).result;
  await client.chat({ model: 'fake/m', messages });
  expect(set).toBe(2);
  expect(clock.timers).toBe(0);
});

test('the progress that another layer asked for is told as well', async () => {
  const told: string[] = [];
  const listen: Middleware = (call, next) =>
    next({
      ...call,
      progress: {
        headers: (status) => told.push(`headers ${status}`),
        bytes: () => told.push('bytes'),
      },
    });
  const { chat } = setUp(say('x'), {}, [listen]);
  await chat();
  expect(told[0]).toBe('headers 200');
  expect(told.length).toBeGreaterThan(1);
});

test('a stream of a layer that is none fails the call, which does not wait for it', async () => {
  const clock = virtualClock();
  const broken: Middleware = async () => ({ stream: true, events: [], meta: {} }) as never;
  const client = createClient({
    providers: [fakeProvider({ script: [] })],
    clock,
    middleware: [timeout(), broken],
  });
  const error = await errorOf(client.chat.stream({ model: 'fake/m', messages }));
  expect(error.code).toBe('internal');
  expect(clock.timers).toBe(0);
});

describe('limits that cannot work are refused when built, with the option and the cure', () => {
  test.each<[TimeoutOptions, string]>([
    [{ connectMs: 0 }, 'connectMs'],
    [{ firstEventMs: -1 }, 'firstEventMs'],
    [{ idleBytesMs: Number.NaN }, 'idleBytesMs'],
    [{ idleContentMs: Number.POSITIVE_INFINITY }, 'idleContentMs'],
    [{ totalMs: 2 ** 31 }, 'totalMs'],
    [{ connectMs: 2000, firstEventMs: 1000 }, 'connectMs'],
    [{ idleBytesMs: 2000, idleContentMs: 1000 }, 'idleBytesMs'],
    [{ firstEventMs: 2000, totalMs: 1000 }, 'firstEventMs'],
    [{ idleContentMs: 2000, totalMs: 1000 }, 'idleContentMs'],
  ])('%j', (options, param) => {
    expect(() => timeout(options)).toThrow(
      expect.objectContaining({ code: 'configuration', param }),
    );
  });

  test('a default that a given limit makes idle is no mistake', () => {
    expect(() => timeout({ totalMs: 1000 })).not.toThrow();
    expect(() => timeout({ idleContentMs: 1000 })).not.toThrow();
  });
});
