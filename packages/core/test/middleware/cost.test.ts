import {
  createClient,
  listen,
  type ChainEvent,
  type Cost,
  type Middleware,
  type PriceBook,
  type State,
} from '@inferway/core';
import { cache } from '@inferway/core/caching';
import {
  auth,
  cost,
  fallback,
  pool,
  priceTable,
  retry,
  timeout,
  type Charge,
  type CostOptions,
} from '@inferway/core/middleware';
import {
  accept,
  emit,
  fail,
  fakeError,
  fakeProvider,
  say,
  settle,
  stall,
  usage,
  virtualClock,
  type Script,
} from '@inferway/core/testing';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { errorOf } from '../helpers.js';

const messages = [{ role: 'user', content: 'twelve chars' }] as const;
const prices = priceTable({
  'fake/*': { input: 1, output: 2 },
  'other/*': { input: 10, output: 20 },
});

function setUp(
  script: Script,
  options: { prices?: PriceBook | undefined } = { prices },
  outer: Parameters<typeof createClient>[0]['middleware'] = [],
) {
  const clock = virtualClock();
  const charges: Charge[] = [];
  const provider = fakeProvider({ script });
  const client = createClient({
    providers: [provider],
    clock,
    middleware: [
      ...outer,
      cost({ ...options, onCharge: (charge) => charges.push(charge) }),
      timeout(),
    ],
  });
  return {
    clock,
    charges,
    provider,
    chat: () => client.chat({ model: 'fake/m', messages }),
    stream: () => client.chat.stream({ model: 'fake/m', messages }),
    told: () =>
      charges.map(({ status, cost: bill }) => [
        status,
        bill.known ? bill.total : bill.reason,
        bill.known && bill.source,
      ]),
  };
}

describe('an answer costs', () => {
  test('its tokens at the price of its model, unary', async () => {
    const { chat, charges } = setUp(say('a b c'));
    const answer = await chat();
    expect(answer.cost).toEqual({ known: true, total: 16_000, source: 'price' });
    expect(charges).toMatchObject([
      {
        status: 'complete',
        cost: answer.cost,
        usage: { inputTokens: 10, outputTokens: 3 },
        attempt: { number: 1, provider: 'fake' },
        call: { model: { id: 'm' } },
        meta: { provider: 'fake' },
      },
    ]);
  });

  test('the same streamed, known at the end and told once', async () => {
    const { stream, charges } = setUp(say('a b c'));
    const opened = await stream();
    expect(opened.cost).toBeUndefined();
    expect(charges).toEqual([]);
    const whole = await opened.result;
    expect(whole.cost).toEqual({ known: true, total: 16_000, source: 'price' });
    expect(opened.cost).toEqual(whole.cost);
    expect(charges.length).toBe(1);
  });

  test('what the provider says that it charges, before any price', async () => {
    const { chat } = setUp(
      say('x', { usage: { inputTokens: 1, outputTokens: 1, reportedCost: 123 } }),
    );
    expect((await chat()).cost).toEqual({ known: true, total: 123, source: 'provider' });
  });

  test('what the provider says also where it gives no tokens and no price is known', async () => {
    const { chat, charges } = setUp(say('x', { usage: { reportedCost: 0 } }), {});
    expect((await chat()).cost).toEqual({ known: true, total: 0, source: 'provider' });
    expect(charges[0]?.usage).toEqual({ reportedCost: 0 });
  });

  test('an unknown amount, never 0, where no price is known (S32)', async () => {
    for (const book of [{}, { prices: priceTable({ 'x/y': { input: 1, output: 1 } }) }]) {
      const { chat, told } = setUp(say('x'), book);
      expect((await chat()).cost).toEqual({ known: false, reason: 'no-price' });
      expect(told()).toEqual([['complete', 'no-price', false]]);
    }
  });

  test('an estimate, flagged, where the provider reports no usage (F16)', async () => {
    const { chat, stream, charges } = setUp(say('sixteen letters!', { usage: null }));
    const unary = await chat();
    expect(unary.cost).toMatchObject({ known: true, source: 'estimate' });
    // What the caller sees as usage stays what was reported: nothing.
    expect(unary.usage).toBeUndefined();
    const streamed = await (await stream()).result;
    expect(streamed.cost).toEqual(unary.cost);
    expect(charges.map((charge) => charge.usage)).toEqual([
      { inputTokens: 4, outputTokens: 4, estimated: true },
      { inputTokens: 4, outputTokens: 4, estimated: true },
    ]);
  });

  test('an estimate only of what is missing', async () => {
    const { chat, charges } = setUp(say('sixteen letters!', { usage: { inputTokens: 1000 } }));
    await chat();
    expect(charges[0]?.usage).toEqual({ inputTokens: 1000, outputTokens: 4, estimated: true });
  });

  test('nothing that a broken count could make of it', async () => {
    const { chat } = setUp(say('x', { usage: { inputTokens: Number.NaN, outputTokens: 1.5 } }));
    expect((await chat()).cost).toEqual({ known: false, reason: 'no-usage' });
  });

  test('what a price book of one’s own says of the moment and of who served it', async () => {
    const asked: unknown[] = [];
    const book: PriceBook = {
      cost: (model, given, at, servedBy): Cost => {
        asked.push([model, given.outputTokens, at, servedBy]);
        return { known: true, total: 7, source: 'price' };
      },
    };
    const { chat } = setUp([accept({ servedBy: 'together' }), ...say('x').slice(1)], {
      prices: book,
    });
    expect((await chat()).cost).toMatchObject({ total: 7 });
    expect(asked).toEqual([[{ provider: 'fake', id: 'm' }, 1, 0, 'together']]);
  });
});

describe('a stream that does not end well costs', () => {
  const half = say('one two three').slice(0, 5);

  test('what was reported by then, when it fails', async () => {
    const { stream, told } = setUp([
      usage({ inputTokens: 10, outputTokens: 2 }),
      ...half,
      fail('connection'),
    ]);
    const opened = await stream();
    await errorOf(opened.result);
    expect(told()).toEqual([['failed', 14_000, 'price']]);
    expect(opened.cost).toMatchObject({ total: 14_000 });
  });

  test('an estimate, when nothing was reported', async () => {
    const { stream, charges } = setUp([...half, fail('stream_interrupted')]);
    await errorOf((await stream()).result);
    expect(charges).toMatchObject([
      {
        status: 'failed',
        cost: { source: 'estimate' },
        usage: { inputTokens: 4, outputTokens: 2, estimated: true },
        error: { code: 'stream_interrupted' },
      },
    ]);
  });

  test('an estimate that counts reasoning and tool calls, too', async () => {
    const { stream, charges } = setUp([
      accept(),
      emit(
        { type: 'part-start', index: 0, part: { type: 'reasoning', text: '' } },
        { type: 'reasoning-delta', index: 0, text: 'x'.repeat(40) },
        {
          type: 'part-start',
          index: 1,
          part: { type: 'tool-call', id: '1', name: 'find', arguments: '' },
        },
        { type: 'tool-call-delta', index: 1, arguments: 'x'.repeat(36) },
      ),
      fail('connection'),
    ]);
    await errorOf((await stream()).result);
    expect(charges[0]?.usage?.outputTokens).toBe(20);
  });

  test('an estimate, when the reader leaves', async () => {
    const { stream, told } = setUp([...half, stall()]);
    for await (const event of await stream()) if (event.type === 'text-delta') break;
    expect(told()).toEqual([['cancelled', 6000, 'estimate']]);
  });

  test('an estimate also before anybody read it', async () => {
    const { stream, told } = setUp([...half, stall()]);
    (await stream()).cancel();
    expect(told()).toEqual([['cancelled', 4000, 'estimate']]);
  });
});

describe('a call that gets no answer costs', () => {
  test.each([
    'server',
    'overloaded',
    'rate_limit',
    'authentication',
    'billing',
    'invalid_request',
    'not_found',
  ] as const)('nothing when the provider refused it: %s', async (code) => {
    const { chat, told } = setUp([fail(fakeError(code, { status: 400 }))]);
    await errorOf(chat());
    expect(told()).toEqual([['failed', 0, 'price']]);
  });

  test.each(['timeout', 'protocol', 'too_large'] as const)(
    'nothing when the status says that it failed there, whatever the code: %s',
    async (code) => {
      const { chat, told } = setUp([fail(fakeError(code, { status: 504 }))]);
      await errorOf(chat());
      expect(told()).toEqual([['failed', 0, 'price']]);
    },
  );

  test('nothing when it was never sent', async () => {
    const { chat, told } = setUp([fail(fakeError('connection', { sent: 'no' }))]);
    await errorOf(chat());
    expect(told()).toEqual([['failed', 0, 'price']]);
  });

  test.each(['connection', 'protocol', 'empty_response', 'stream_interrupted'] as const)(
    'its input by estimate when the provider may have done the work: %s',
    async (code) => {
      const { chat, charges } = setUp([fail(fakeError(code, { sent: 'maybe' }))]);
      await errorOf(chat());
      expect(charges).toMatchObject([
        {
          status: 'failed',
          cost: { known: true, total: 4000, source: 'estimate' },
          error: { code },
        },
      ]);
    },
  );

  test('its input by estimate when what was made was refused afterwards: a file that is gone', async () => {
    const { chat, told } = setUp([fail(fakeError('not_found', { status: 404, sent: 'maybe' }))]);
    await errorOf(chat());
    expect(told()).toEqual([['failed', 4000, 'estimate']]);
  });

  test('its input by estimate when it ran while another attempt failed the call, whatever that one says of itself', async () => {
    const charges: Charge[] = [];
    const refused = fakeError('overloaded', { status: 503, sent: 'no', retryAfterMs: 9 });
    const both: Middleware = (call, next) =>
      Promise.race([next({ ...call, model: { provider: 'other', id: 'm' } }), next(call)]);
    const client = createClient({
      providers: [
        fakeProvider({ script: [fail(refused)] }),
        fakeProvider({ name: 'other', script: [stall()] }),
      ],
      middleware: [both, cost({ prices, onCharge: (charge) => charges.push(charge) })],
    });
    const { attempts } = await errorOf(client.chat({ model: 'fake/m', messages }));
    await settle();
    expect(charges).toMatchObject([
      { status: 'failed', cost: { total: 0 }, error: { code: 'overloaded' } },
      { status: 'cancelled', cost: { total: 40_000 }, error: { code: 'aborted' } },
    ]);
    expect(charges[1]?.error).not.toHaveProperty('status');
    expect(attempts?.[0]).toMatchObject({ provider: 'other', billed: 'maybe' });
    expect(attempts?.[0]).not.toHaveProperty('status');
  });

  test('its input by estimate when it timed out or was cancelled', async () => {
    const { chat, told, clock } = setUp([stall()]);
    const call = errorOf(chat());
    await clock.advance(600_000);
    await call;
    expect(told()).toEqual([['failed', 4000, 'estimate']]);
  });

  test('and is not charged where no provider was reached', async () => {
    const charges: Charge[] = [];
    const client = createClient({
      providers: [fakeProvider({ script: say('x') })],
      middleware: [
        cost({ prices, onCharge: (charge) => charges.push(charge) }),
        async () => {
          throw fakeError('budget');
        },
      ],
    });
    await errorOf(client.chat({ model: 'fake/m', messages }));
    expect(charges).toEqual([]);
  });
});

describe('each attempt is charged once, at its own model (F62)', () => {
  test('over retries, rotated keys and a fallback', async () => {
    const clock = virtualClock();
    const charges: Charge[] = [];
    const first = fakeProvider({
      script: (_call, n) =>
        n <= 2 ? [fail('rate_limit')] : [...say('one two').slice(0, 3), fail('overloaded')],
    });
    const second = fakeProvider({ name: 'other', script: say('from the other') });
    const client = createClient({
      providers: [first, second],
      clock,
      attempts: 6,
      middleware: [
        fallback('other/x'),
        retry({ attempts: 3 }),
        cost({ prices, onCharge: (charge) => charges.push(charge) }),
        auth({ fake: pool(['a', 'b', 'c']) }),
      ],
    });
    const running = client.chat.stream({ model: 'fake/m', messages });
    await clock.advance(60_000);
    const stream = await running;
    const answer = await stream.result;
    expect(answer.text).toBe('from the other');
    expect(
      charges.map(({ attempt, status, cost: bill }) => [
        attempt.number,
        attempt.provider,
        attempt.credential,
        status,
        bill.known && bill.total,
      ]),
    ).toEqual([
      [1, 'fake', 'pool#1', 'failed', 0],
      [2, 'fake', 'pool#2', 'failed', 0],
      [3, 'fake', 'pool#3', 'failed', 4000],
      [4, 'other', undefined, 'complete', 160_000],
    ]);
    expect(answer.cost).toMatchObject({ total: 160_000 });
    expect(new Set(charges.map(({ attempt }) => attempt)).size).toBe(charges.length);
  });

  test('a hit of a cache, outside or inside, is not charged', async () => {
    for (const outside of [true, false]) {
      const charges: Charge[] = [];
      const layers = [
        cache({ scope: 'shared' }),
        cost({ prices, onCharge: (charge) => charges.push(charge) }),
      ];
      const client = createClient({
        providers: [fakeProvider({ script: say('x') })],
        middleware: outside ? layers : layers.toReversed(),
      });
      await client.chat({ model: 'fake/m', messages });
      const hit = await client.chat({ model: 'fake/m', messages });
      expect(hit.cost).toMatchObject({ total: 0 });
      expect(charges.length).toBe(1);
    }
  });

  test('two of them each tell once', async () => {
    const told: string[] = [];
    const { chat } = setUp(say('x'), { prices }, [
      cost({ prices, onCharge: () => told.push('outer') }),
    ]);
    await chat();
    expect(told).toEqual(['outer']);
  });
});

describe('functions of the application that throw', () => {
  const heard = async (options: CostOptions) => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => warned.mockRestore());
    const events: ChainEvent[] = [];
    const client = createClient({
      providers: [fakeProvider({ script: say('x') })],
      middleware: [cost(options)],
    });
    const state = (of: State): void => listen(of, (event) => events.push(event));
    const answer = await client.chat({ model: 'fake/m', messages }, { state });
    const stream = await client.chat.stream({ model: 'fake/m', messages }, { state });
    expect([answer.text, await stream.text]).toEqual(['x', 'x']);
    await settle();
    return { answer, events, warned };
  };

  test.each<readonly [string, () => void]>([
    [
      'at once',
      () => {
        throw new TypeError('a bug of ours');
      },
    ],
    ['later', () => Promise.reject(new TypeError('a bug of ours'))],
  ])(
    'who is told of a charge (%s): reported, and the answer that was paid for is given',
    async (_, onCharge) => {
      const { answer, events, warned } = await heard({ prices, onCharge });
      expect(answer.cost).toMatchObject({ known: true });
      const failed = { type: 'charge-failed', attempt: 1, in: 'onCharge' };
      expect(events).toEqual([failed, failed]);
      // Once, however many calls there are.
      expect(warned.mock.calls).toEqual([
        [
          expect.stringMatching(/^cost: onCharge threw.*a bug of ours$/u),
          { code: 'INFERWAY_CHARGE' },
        ],
      ]);
    },
  );

  test('a price book: the cost is unknown then', async () => {
    const charges: Charge[] = [];
    const { answer, events, warned } = await heard({
      prices: {
        cost() {
          throw new Error('no table');
        },
      },
      onCharge: (charge) => charges.push(charge),
    });
    expect(answer.cost).toEqual({ known: false, reason: 'no-price' });
    expect(charges.map(({ cost: paid }) => paid)).toEqual([answer.cost, answer.cost]);
    expect(events).toContainEqual({ type: 'charge-failed', attempt: 1, in: 'prices' });
    expect(warned).toHaveBeenCalledTimes(1);
  });
});

test('the events of a stream are not delayed or changed by counting them', async () => {
  const { stream } = setUp([
    accept(),
    emit({ type: 'start' }),
    emit({ type: 'text-delta', index: 0, text: 'x' }),
    stall(),
  ]);
  const seen: unknown[] = [];
  const opened = await stream();
  const reading = errorOf(
    (async () => {
      for await (const event of opened) seen.push(event);
    })(),
  );
  await settle();
  expect(seen).toEqual([{ type: 'start' }, { type: 'text-delta', index: 0, text: 'x' }]);
  opened.cancel();
  await expect(reading).rejects.toThrow('did not reject');
});
