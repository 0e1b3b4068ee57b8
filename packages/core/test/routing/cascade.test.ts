import { sumCosts, type ChatResult, type Middleware } from '@inferway/core';
import { cost, priceTable, timeout } from '@inferway/core/middleware';
import { cascade, type CascadeOptions } from '@inferway/core/routing';
import { fail, say, stall, wait, type Script } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';
import { messages, setUp } from './set-up.js';

const prices = priceTable({
  'small/*': { input: 0, output: 1 },
  'middle/*': { input: 0, output: 10 },
  'large/*': { input: 0, output: 100 },
});
const textOf = (result: unknown): string =>
  (result as ChatResult).message.content
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('');
const sure: CascadeOptions['check'] = ({ result }) => textOf(result) !== 'not sure';

function set(
  scripts: Record<'small' | 'middle' | 'large', Script>,
  options: Partial<CascadeOptions> = {},
  attempts?: number,
  inner: readonly Middleware[] = [],
) {
  return setUp({
    scripts,
    router: {
      routes: {
        smart: {
          targets: ['small/x', 'middle/x', 'large/x'],
          policy: cascade({ check: sure, ...options }),
        },
      },
    },
    inner: [cost({ prices }), ...inner],
    attempts,
  });
}

test('goes on to the next larger one until an answer is good enough; all answers are paid for, and seen', async () => {
  const { chat, asked, events } = set({
    small: say('not sure'),
    middle: say('it is four'),
    large: say('four'),
  });
  const answer = await chat('route/smart');
  expect(answer.text).toBe('it is four');
  expect(answer.meta.provider).toBe('middle');
  expect(asked()).toEqual(['small/x', 'middle/x']);
  const costs = (answer.meta.attempts ?? []).flatMap((attempt) => attempt.cost ?? []);
  expect(costs.map((one) => one.known && one.total)).toEqual([2000, 30_000]);
  expect(sumCosts(costs)).toMatchObject({ known: true, total: 32_000 });
  expect(events.filter(({ type }) => type === 'cascade')).toEqual([
    { type: 'cascade', route: 'route/smart', target: 'small/x', accepted: false },
    { type: 'cascade', route: 'route/smart', target: 'middle/x', accepted: true },
  ]);
});

test('the last answer is not judged: there is nowhere to go', async () => {
  const { chat, asked } = set({
    small: say('not sure'),
    middle: say('not sure'),
    large: say('not sure'),
  });
  expect((await chat('route/smart')).meta.provider).toBe('large');
  expect(asked()).toHaveLength(3);
});

describe('what ends it', () => {
  test('larger ones that fail: the last answer there is counts', async () => {
    const { chat, asked } = set({
      small: say('not sure'),
      middle: [fail('overloaded')],
      large: [fail('server')],
    });
    const answer = await chat('route/smart');
    expect(answer.text).toBe('not sure');
    expect(answer.meta.provider).toBe('small');
    expect(answer.meta.attempts?.map(({ error }) => error)).toEqual([
      undefined,
      'overloaded',
      'server',
    ]);
    expect(asked()).toEqual(['small/x', 'middle/x', 'large/x']);
  });

  test('the attempt budget', async () => {
    const { chat, asked } = set(
      { small: say('not sure'), middle: say('not sure'), large: say('x') },
      {},
      2,
    );
    expect((await chat('route/smart')).meta.provider).toBe('middle');
    expect(asked()).toEqual(['small/x', 'middle/x']);
  });

  test('the caller, also while the check thinks', async () => {
    const { client, asked } = set(
      { small: say('x'), middle: say('y'), large: say('z') },
      { check: () => new Promise<boolean>(() => undefined) },
    );
    const controller = new AbortController();
    const running = errorOf(
      client.chat({ model: 'route/smart', messages }, { signal: controller.signal }),
    );
    setImmediate(() => controller.abort());
    expect((await running).code).toBe('aborted');
    expect(asked()).toEqual(['small/x']);
  });

  test('a check that takes longer than there is time: its answer counts', async () => {
    const check: CascadeOptions['check'] = async (_answer, { state }) => {
      await new Promise<void>((resolve) => void state.runtime.clock.setTimer(resolve, 100));
      return false;
    };
    const { chat, clock, asked } = set(
      { small: say('x'), middle: say('y'), large: say('z') },
      { check },
      undefined,
      [timeout({ totalMs: 50 })],
    );
    const running = chat('route/smart');
    await clock.advance(100);
    expect((await running).text).toBe('x');
    expect(asked()).toEqual(['small/x']);
  });

  test('the deadline', async () => {
    const { client, clock, asked } = set({
      small: [wait(10), ...say('not sure')],
      middle: [stall()],
      large: say('z'),
    });
    const running = errorOf(client.chat({ model: 'route/smart', messages }, { timeoutMs: 50 }));
    await clock.advance(100);
    expect((await running).code).toBe('timeout');
    expect(asked()).toEqual(['small/x', 'middle/x']);
  });
});

test('a check that throws is a no, and one may take its time', async () => {
  const scripts = { small: say('no JSON'), middle: say('{"a":1}'), large: say('x') };
  const parses: CascadeOptions['check'] = ({ result }) => JSON.parse(textOf(result)) !== undefined;
  expect((await set(scripts, { check: parses }).chat('route/smart')).meta.provider).toBe('middle');
  const later: CascadeOptions['check'] = async (answer, call) => {
    await Promise.resolve();
    return (
      call.model.provider === 'middle' &&
      answer.usage !== undefined &&
      answer.meta.provider === 'middle'
    );
  };
  expect((await set(scripts, { check: later }).chat('route/smart')).meta.provider).toBe('middle');
});

test('an error of a target leads to the next larger one as in any route', async () => {
  const { chat } = set({ small: [fail('rate_limit')], middle: say('fine'), large: say('x') });
  expect((await chat('route/smart')).meta.provider).toBe('middle');
});

describe('a stream, which nobody can judge before it is shown', () => {
  const scripts = { small: say('not sure'), middle: say('fine'), large: say('large') };

  test('goes to the largest, and to smaller ones when that fails', async () => {
    const { stream, asked } = set(scripts);
    expect(await (await stream('route/smart')).text).toBe('large');
    const failing = set({ ...scripts, large: [fail('overloaded')] });
    expect(await (await failing.stream('route/smart')).text).toBe('fine');
    expect(asked()).toEqual(['large/x']);
    expect(failing.asked()).toEqual(['large/x', 'middle/x']);
  });

  test('goes to the smallest where told so', async () => {
    const { stream } = set(scripts, { streams: 'first' });
    expect(await (await stream('route/smart')).text).toBe('not sure');
  });
});
