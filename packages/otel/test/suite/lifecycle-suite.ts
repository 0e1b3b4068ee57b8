import type { AnyReply, Middleware } from '@inferway/core';
import { cost, priceTable, retry } from '@inferway/core/middleware';
import {
  accept,
  emit,
  fail,
  fakeError,
  ignoreCancel,
  say,
  stall,
  usage,
  wait,
} from '@inferway/core/testing';
import { metrics, trace } from '@inferway/otel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chain, EPOCH, question } from './chain.js';
import { only, tree, type MetricPoint, type Telemetry } from './telemetry.js';

const prices = priceTable({ 'a/*': { input: 1, output: 2 }, 'b/*': { input: 1, output: 2 } });
const word = { type: 'text-delta', index: 0, text: 'x' };
const finish = (choice?: number): object => ({
  type: 'finish',
  finishReason: { unified: 'stop' },
  choice,
});
const toB = { provider: 'b', id: 'n' };

/** Calls whose life is not plain: left in the middle, tried twice at once, followed at the wrong place. */
export function lifecycleSuite(generation: string, openSdk: () => Telemetry): void {
  describe(`the life of a call with ${generation}`, () => {
    let sdk: Telemetry;
    const named = async (name: string): Promise<readonly MetricPoint[]> =>
      (await sdk.points()).filter((point) => point.name.endsWith(name));
    beforeEach(() => {
      sdk = openSdk();
    });
    afterEach(() => sdk.close());

    test('a call that is aborted before its answer is told once, whether or not the provider listens', async () => {
      for (const script of [[stall()], [ignoreCancel(), wait(50), fail('server')]]) {
        sdk.replace();
        const { client, clock } = chain({ a: script }, [trace(), metrics()]);
        const controller = new AbortController();
        const running = client.chat(
          { model: 'a/m', messages: question },
          { signal: controller.signal },
        );
        const failed = expect(running).rejects.toMatchObject({ code: 'aborted' });
        await clock.advance(10);
        controller.abort();
        await failed;
        await clock.advance(1000);
        expect(sdk.spans()).toHaveLength(2);
        expect(await named('operation.duration')).toMatchObject([{ count: 1 }]);
      }
    });

    test('a caller who leaves in a back-off leaves no error on the call, only on the attempt', async () => {
      const { client, clock } = chain({ a: [fail('overloaded')] }, [
        trace(),
        retry({ baseMs: 10_000 }),
      ]);
      const controller = new AbortController();
      const running = client.chat(
        { model: 'a/m', messages: question },
        { signal: controller.signal },
      );
      const failed = expect(running).rejects.toMatchObject({ code: 'aborted' });
      await clock.advance(1);
      controller.abort();
      await failed;
      expect(tree(sdk.spans())).toEqual(['chat m CLIENT', '  inferway.attempt INTERNAL ERROR']);
      const { attributes } = only(sdk.spans(), 'chat m');
      expect(attributes).toMatchObject({ 'inferway.outcome': 'cancelled' });
      expect(attributes).not.toHaveProperty(['error.type']);
    });

    test('an abort in the middle of a stream keeps what was counted and paid', async () => {
      const script = [accept(), usage({ inputTokens: 4, outputTokens: 1 }), emit(word), stall()];
      const { client, clock } = chain({ a: script }, [trace(), cost({ prices })]);
      const controller = new AbortController();
      const stream = await client.chat.stream(
        { model: 'a/m', messages: question },
        { signal: controller.signal },
      );
      const failed = expect(stream.result).rejects.toMatchObject({ code: 'aborted' });
      await clock.advance(1);
      controller.abort();
      await failed;
      expect(only(sdk.spans(), 'chat m')).toMatchObject({
        status: 'UNSET',
        attributes: {
          'inferway.outcome': 'cancelled',
          'gen_ai.usage.input_tokens': 4,
          'inferway.cost.total': 0.000006,
        },
      });
    });

    test.each([
      ['chat m', 'chat n'],
      ['chat n', 'chat m'],
    ])(
      'of two targets tried at once, each has its own cost, %s that answered too',
      async (winner, loser) => {
        const hedge: Middleware = async (call, next) => {
          const first: Promise<AnyReply> = next(call);
          const second: AnyReply = await next({ ...call, model: toB });
          return winner === 'chat m' ? first : (await first, second);
        };
        const { client, clock } = chain({ a: [wait(50), ...say('one')], b: say('two') }, [
          trace(),
          hedge,
          cost({ prices }),
        ]);
        const running = client.chat({ model: 'a/m', messages: question });
        await clock.advance(50);
        await running;
        const spans = sdk.spans();
        expect(tree(spans)).toEqual([
          'chat m CLIENT',
          '  inferway.attempt INTERNAL',
          'chat n CLIENT',
          '  inferway.attempt INTERNAL',
        ]);
        for (const { endMs } of [only(spans, winner), only(spans, loser)]) {
          expect(endMs).toBeCloseTo(EPOCH + 50, 2);
        }
        expect(only(spans, winner).attributes).toMatchObject({ 'inferway.cost.total': 0.000012 });
        expect(only(spans, loser).attributes).toMatchObject({ 'gen_ai.usage.input_tokens': 10 });
        // It was answered, and is paid for.
        expect(only(spans, loser).attributes).toMatchObject({ 'inferway.cost.total': 0.000012 });
      },
    );

    test('a target ends when its last attempt failed, not when the next one begins', async () => {
      const later: Middleware = async (call, next) => {
        try {
          return await next(call);
        } catch {
          await new Promise<void>((resolve) => {
            call.state.runtime.clock.setTimer(resolve, 100);
          });
          return next({ ...call, model: toB });
        }
      };
      const error = fakeError('server', { servedBy: 'rack-9', status: 500 });
      const { client, clock } = chain({ a: [wait(10), fail(error)], b: say('hello') }, [
        trace(),
        later,
      ]);
      const running = client.chat({ model: 'a/m', messages: question });
      await clock.advance(200);
      await running;
      const failed = only(sdk.spans(), 'chat m');
      expect(failed.endMs).toBeCloseTo(EPOCH + 10, 2);
      expect(failed.attributes).toMatchObject({ 'inferway.served_by': 'rack-9' });
      expect(only(sdk.spans(), 'chat n').startMs).toBeCloseTo(EPOCH + 110, 2);
    });

    test('nothing of an attempt that broke off is taken for the answer’s', async () => {
      const { client, clock } = chain(
        {
          a: (_call, attempt) =>
            attempt === 1
              ? [
                  accept(),
                  usage({ inputTokens: 99 }),
                  emit({ type: 'start', id: 'broken', model: 'm-broken' }, finish(1)),
                  wait(500),
                  fail('stream_interrupted'),
                ]
              : [accept(), emit(word), emit(finish())],
        },
        [trace(), metrics(), retryFirst],
      );
      const running = client.chat.stream({ model: 'a/m', messages: question });
      await clock.advance(60_000);
      await (
        await running
      ).result;
      const { attributes } = only(sdk.spans(), 'chat m');
      expect(attributes).toMatchObject({ 'gen_ai.response.finish_reasons': ['stop'] });
      for (const name of [
        'gen_ai.response.id',
        'gen_ai.response.model',
        'gen_ai.usage.input_tokens',
      ])
        expect(attributes).not.toHaveProperty([name]);
      // One gap, between the two reads of the answer; none back to the broken one.
      expect(await named('time_per_output_chunk')).toMatchObject([{ count: 1, sum: 0 }]);
    });

    test('an attempt that is cut off has no usage of the one before it', async () => {
      const error = fakeError('stream_interrupted');
      error.usage = { inputTokens: 99 };
      const { client, clock } = chain(
        { a: (_call, attempt) => (attempt === 1 ? [fail(error)] : [ignoreCancel(), stall()]) },
        [trace(), retry({ baseMs: 1 })],
      );
      const controller = new AbortController();
      const running = client.chat(
        { model: 'a/m', messages: question },
        { signal: controller.signal },
      );
      const failed = expect(running).rejects.toMatchObject({ code: 'aborted' });
      await clock.advance(1000);
      controller.abort();
      await failed;
      const names = Object.keys(only(sdk.spans(), 'chat m').attributes);
      expect(names.filter((name) => name.startsWith('gen_ai.usage'))).toEqual([]);
    });

    test('listed below a retry, each attempt is a call of its own, measured once', async () => {
      const { client, clock } = chain(
        { a: (_call, attempt) => (attempt === 1 ? [fail('server')] : say('one two')) },
        [retry(), trace(), metrics()],
      );
      const running = client.chat.stream({ model: 'a/m', messages: question });
      await clock.advance(60_000);
      await (
        await running
      ).result;
      expect(tree(sdk.spans())).toEqual([
        'chat m CLIENT ERROR',
        '  inferway.attempt INTERNAL ERROR',
        'chat m CLIENT',
        '  inferway.attempt INTERNAL',
      ]);
      const durations = await named('operation.duration');
      expect(durations.map(({ count }) => count)).toEqual([1, 1]);
      // start, part, two words, part's end, finish: six reads, five gaps.
      expect(await named('time_per_output_chunk')).toMatchObject([{ count: 5 }]);
    });

    test('finish reasons stand in the order of the choices, and no number grows the list', async () => {
      const script = [accept(), emit(word, finish(2), finish(0), finish(5000)), emit(finish(-1))];
      const { client } = chain({ a: script }, [trace()]);
      await (
        await client.chat.stream({ model: 'a/m', messages: question })
      ).result;
      expect(only(sdk.spans(), 'chat m').attributes['gen_ai.response.finish_reasons']).toEqual([
        'stop',
        'unknown',
        'stop',
      ]);
    });
  });
}

/** A retry that looks at nothing but the end, so that the broken attempt's events are all read. */
const retryFirst: Middleware = async (call, next) => {
  const first: AnyReply = await next(call);
  if (first.stream) await first.events.prime(() => false).catch(() => undefined);
  return next(call) as Promise<AnyReply>;
};
