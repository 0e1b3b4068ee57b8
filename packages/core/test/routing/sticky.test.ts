import { caller, type State, type Usage } from '@inferway/core';
import { session, weighted, type StickyOptions } from '@inferway/core/routing';
import { fail, say, type Script } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { setUp } from './set-up.js';

const talk = (...said: string[]) =>
  said.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }));

/** Three targets by lot: without sticking, a conversation would soon move. */
function byLot(
  sticky: boolean | StickyOptions,
  scripts: Readonly<Record<string, Script>> = {},
  health?: () => ReadonlySet<string>,
) {
  const all = { a: say('a'), b: say('b'), c: say('c'), ...scripts };
  return setUp({
    scripts: all,
    router: {
      routes: { fast: { targets: ['a/x', 'b/x', 'c/x'], policy: weighted(), sticky } },
      health: ({ provider }) => (health?.().has(provider) === true ? 'rests' : undefined),
    },
    seed: 11,
  });
}

const tenant = (name: string) => (state: State) => state.set(caller, { tenant: name });
const distinct = (names: readonly string[]): number => new Set(names).size;

describe('a conversation', () => {
  test('stays where it was served last, while it grows, and says why', async () => {
    const { chat, asked, events } = byLot(true);
    const said = ['Hello there'];
    for (let turn = 0; turn < 12; turn++) {
      await chat('route/fast', undefined, { messages: talk(...said) });
      said.push('Well', `and ${turn}?`);
    }
    expect(asked()).toHaveLength(12);
    expect(distinct(asked())).toBe(1);
    expect(events.map((event) => event.type === 'route' && event.reason)).toEqual([
      'policy',
      ...Array(11).fill('sticky'),
    ]);
  });

  test('moves by lot where sticky is not asked for', async () => {
    const { chat, asked } = byLot(false);
    for (let turn = 0; turn < 12; turn++) await chat('route/fast');
    expect(distinct(asked())).toBe(3);
  });

  test('is another one with other first words, other instructions, or another tenant', async () => {
    const { chat, asked } = byLot(true);
    const calls = Array.from({ length: 20 }, (_, index) => index);
    for (const index of calls)
      await chat('route/fast', undefined, { messages: talk(`Hello ${index}`) });
    expect(distinct(asked())).toBe(3);
    for (const index of calls) {
      const system = { role: 'system', content: `Be number ${index}` };
      await chat('route/fast', undefined, { messages: [system, ...talk('Hello')] });
    }
    expect(distinct(asked().slice(20))).toBe(3);
    for (const index of calls) await chat('route/fast', tenant(`t${index}`));
    expect(distinct(asked().slice(40))).toBe(3);
  });

  test('goes on elsewhere when its target fails or rests, and stays there then', async () => {
    let failing = '';
    let resting = new Set<string>();
    const script =
      (name: string): Script =>
      () =>
        failing === name ? [fail('overloaded')] : say(name);
    const { chat, asked } = byLot(
      true,
      { a: script('a'), b: script('b'), c: script('c') },
      () => resting,
    );
    const first = (await chat('route/fast')).text;
    failing = first;
    const second = (await chat('route/fast')).text;
    failing = '';
    expect(second).not.toBe(first);
    expect((await chat('route/fast')).text).toBe(second);
    resting = new Set([second]);
    const third = (await chat('route/fast')).text;
    expect(third).not.toBe(second);
    resting = new Set();
    expect((await chat('route/fast')).text).toBe(third);
    expect(asked()).toHaveLength(6);
  });

  test('is forgotten after its time, and when more came than are kept', async () => {
    const { chat, clock, events } = byLot({ ttlMs: 1000, maxEntries: 3 });
    const reason = async (words: string) => {
      await chat('route/fast', undefined, { messages: talk(words) });
      const last = events.at(-1);
      return last?.type === 'route' && last.reason;
    };
    expect(await reason('one')).toBe('policy');
    await clock.advance(1000);
    expect(await reason('one')).toBe('sticky');
    await clock.advance(1001);
    expect(await reason('one')).toBe('policy');
    for (const words of ['two', 'three', 'four']) await reason(words);
    expect(await reason('four')).toBe('sticky');
    expect(await reason('one')).toBe('policy');
  });
});

describe('a prompt cache that stays cold', () => {
  const served = (usage: Usage): Script => say('x', { usage });
  const reasons = async (usage: Usage, put?: (state: State) => void) => {
    const script = served(usage);
    const { chat, stream, events } = byLot(true, { a: script, b: script, c: script });
    for (let turn = 0; turn < 4; turn++) {
      if (turn % 2 === 0) await chat('route/fast', put);
      else await (await stream('route/fast', put)).text;
    }
    return events.map((event) => event.type === 'route' && event.reason);
  };

  test('is no reason to stay: as measured by the tokens that were read from it', async () => {
    const long = { inputTokens: 5000, outputTokens: 5 };
    expect(await reasons({ ...long, cacheReadTokens: 0 })).toEqual([
      'policy',
      'sticky',
      'policy',
      expect.any(String),
    ]);
    expect(await reasons({ ...long, cacheReadTokens: 4096 })).toEqual([
      'policy',
      'sticky',
      'sticky',
      'sticky',
    ]);
  });

  test('is not judged by short prompts, nor where the provider does not count', async () => {
    expect(await reasons({ inputTokens: 900, outputTokens: 5, cacheReadTokens: 0 })).toEqual([
      'policy',
      'sticky',
      'sticky',
      'sticky',
    ]);
    expect(await reasons({ inputTokens: 5000, outputTokens: 5 })).toEqual([
      'policy',
      'sticky',
      'sticky',
      'sticky',
    ]);
  });

  test('does not move a session, which its application asked for', async () => {
    const usage = { inputTokens: 5000, outputTokens: 5, cacheReadTokens: 0 };
    expect(await reasons(usage, (state) => state.set(session, 's-1'))).toEqual([
      'policy',
      'session',
      'session',
      'session',
    ]);
  });
});

test('a session is followed also where conversations are not, one for each tenant', async () => {
  const { chat, asked } = byLot(false);
  const put = (name: string) => (state: State) => {
    state.set(session, 's-1');
    state.set(caller, { tenant: name });
  };
  for (let turn = 0; turn < 10; turn++) {
    await chat('route/fast', put('t1'), { messages: talk(`Something else ${turn}`) });
  }
  expect(distinct(asked())).toBe(1);
  for (let tenants = 0; tenants < 20; tenants++) await chat('route/fast', put(`u${tenants}`));
  expect(distinct(asked().slice(10))).toBe(3);
});

test('a stream that broke before its content leaves the conversation where it was', async () => {
  let broken = true;
  const a: Script = () =>
    broken ? [...say('x').slice(0, 2), fail('stream_interrupted')] : say('a');
  const { stream, asked } = setUp({
    scripts: { a, b: [fail('overloaded')] },
    router: { routes: { fast: { targets: ['a/x', 'b/x'], sticky: true } } },
  });
  await stream('route/fast').catch(() => undefined);
  broken = false;
  expect(await (await stream('route/fast')).text).toBe('a');
  expect(asked()).toEqual(['a/x', 'b/x', 'a/x']);
});
