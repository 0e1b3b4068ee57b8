import {
  createClient,
  Events,
  eventsOf,
  observe,
  primed,
  replay,
  State,
  chatTraits,
  type Call,
  type ChatResult,
  type Outcome,
  type StreamReply,
  type UnaryReply,
} from '@inferway/core';
import {
  accept,
  emit,
  fakeProvider,
  say,
  settle,
  stall,
  virtualClock,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf, failure, ManualSource } from './helpers.js';

const meta = { provider: 'p', model: 'm' };
const result: ChatResult = {
  id: 'x',
  message: { role: 'assistant', content: [{ type: 'text', text: 'hello' }] },
  finishReason: { unified: 'stop' },
};
const usage = { inputTokens: 1, outputTokens: 2 };

function callOf(
  stream: boolean,
  traits: unknown = chatTraits,
  signal = new AbortController().signal,
): Call {
  const state = new State({ clock: virtualClock(), traits: () => (traits ?? undefined) as never });
  return {
    operation: 'chat',
    stream,
    model: { provider: 'p', id: 'm' },
    request: { messages: [] },
    signal,
    state,
  } as Call;
}

const readAll = async (reply: unknown): Promise<unknown[]> => {
  const all: unknown[] = [];
  for await (const event of (reply as StreamReply<'chat'>).events) all.push(event);
  return all;
};

describe('replay', () => {
  test('a recorded result answers a unary call as it is, and a streamed one as events that fold into it', async () => {
    const unary = replay(callOf(false), { result, usage, meta }) as UnaryReply<'chat'>;
    expect(unary).toMatchObject({ stream: false, result, usage, meta });
    const streamed = replay(callOf(true), { result, usage, meta }) as StreamReply<'chat'>;
    const fold = chatTraits.fold?.();
    for (const event of await readAll(streamed)) fold?.add(event as never);
    expect(fold?.result()).toEqual(result);
    expect(streamed.events.outcome).toMatchObject({ status: 'complete', usage });
  });

  test('recorded events answer both shapes', async () => {
    const events = chatTraits.unfold?.(result, usage) ?? [];
    expect(replay(callOf(false), { events, usage, meta })).toMatchObject({ result, usage });
    const streamed = replay(callOf(true), { events, usage, meta });
    expect(await readAll(streamed)).toEqual(events);
  });

  test('without traits only the recorded shape can be served', () => {
    expect(replay(callOf(true, null), { result, meta })).toBeUndefined();
    expect(replay(callOf(false, null), { events: [], meta })).toBeUndefined();
    expect(replay(callOf(false, null), { result, meta })).toMatchObject({ result });
  });

  test('a replayed stream belongs to the call: its abort ends it', async () => {
    const controller = new AbortController();
    const streamed = replay(callOf(true, chatTraits, controller.signal), { result, meta });
    controller.abort();
    expect((await errorOf(readAll(streamed))).code).toBe('aborted');
  });
});

describe('eventsOf', () => {
  test('gives all in one batch, and nothing at all where there is nothing', async () => {
    expect(await new Events(eventsOf([1, 2, 3])).nextBatch()).toEqual([1, 2, 3]);
    expect(await new Events(eventsOf([])).nextBatch()).toBeUndefined();
  });

  test('pulled after a cancel it fails instead of ending as if complete', async () => {
    const source = eventsOf([1]);
    source.cancel(failure('aborted'));
    await expect(source.pull()).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('observe', () => {
  test('a unary reply ends at once, and a cost that the end sets becomes the cost of the reply', () => {
    const reply: UnaryReply = { stream: false, result: result as never, usage, meta };
    const ends: Outcome[] = [];
    const observed = observe(reply, {
      end(outcome) {
        ends.push({ ...outcome });
        outcome.cost = { known: true, total: 5, source: 'price' };
      },
    });
    expect(ends).toEqual([{ status: 'complete', usage, cost: undefined }]);
    expect(observed.cost).toEqual({ known: true, total: 5, source: 'price' });
    expect(reply.cost).toBeUndefined();
  });

  test('without a new cost the reply stays the same object', () => {
    const reply: UnaryReply = { stream: false, result: result as never, meta };
    expect(observe(reply, {})).toBe(reply);
  });
});

describe('primed', () => {
  test('a unary reply is primed at once', async () => {
    const reply: UnaryReply = { stream: false, result: result as never, meta };
    expect(await primed(reply, callOf(false))).toBe(reply);
  });

  test('an opened text part does not commit a chat stream, its first text does', async () => {
    const source = new ManualSource<object>();
    const reply = { stream: true, events: new Events(source), meta } as unknown as StreamReply;
    let settled = false;
    const priming = primed(reply, callOf(true)).then(() => (settled = true));
    await settle();
    source.give(
      { type: 'start' },
      { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
    );
    await settle();
    expect(settled).toBe(false);
    source.give({ type: 'text-delta', index: 0, text: 'a' });
    await priming;
    expect(settled).toBe(true);
  });

  test('without traits everything but a start is content', async () => {
    const source = new ManualSource<object>();
    const reply = { stream: true, events: new Events(source), meta } as unknown as StreamReply;
    const priming = primed(reply, callOf(true, null));
    await settle();
    source.give({ type: 'start' });
    await settle();
    expect(source.waiting).toBe(true);
    source.give({ type: 'whatever' });
    await priming;
  });
});

describe('a stream at the application', () => {
  const open = async () => {
    const provider = fakeProvider({ script: say('one two three') });
    const client = createClient({ providers: [provider] });
    const stream = await client.chat.stream({ model: 'fake/m', messages: [] });
    return { provider, stream };
  };

  test('text can be left before its first read, and the socket closes', async () => {
    const { provider, stream } = await open();
    const text = stream.text[Symbol.asyncIterator]();
    await text.return?.();
    expect(provider.open).toBe(0);
    expect(provider.attempts[0]?.cancelled?.code).toBe('aborted');
    expect((await text.next()).done).toBe(true);
  });

  test('text can be left in the middle', async () => {
    const { provider, stream } = await open();
    for await (const piece of stream.text) {
      expect(piece).toBe('one ');
      break;
    }
    expect(provider.open).toBe(0);
  });

  test('what was read but not taken is dropped when text is left', async () => {
    const provider = fakeProvider({
      script: [
        accept(),
        emit(
          { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
          { type: 'text-delta', index: 0, text: 'a' },
          { type: 'text-delta', index: 0, text: 'b' },
        ),
        stall(),
      ],
    });
    const client = createClient({ providers: [provider] });
    const { text } = await client.chat.stream({ model: 'fake/m', messages: [] });
    expect((await text.next()).value).toBe('a');
    await text.return();
    expect((await text.next()).done).toBe(true);
  });

  test('text can be awaited twice and the result after it', async () => {
    const { stream } = await open();
    expect(await stream.text).toBe('one two three');
    expect(await stream.text).toBe('one two three');
    expect((await stream.result).text).toBe('one two three');
    expect((await stream.result).usage).toEqual({ inputTokens: 10, outputTokens: 3 });
  });

  test('concurrent reads of text give every piece once and in order', async () => {
    const { stream } = await open();
    const { text } = stream;
    const pieces = await Promise.all([text.next(), text.next(), text.next(), text.next()]);
    expect(pieces.map(({ value }) => value)).toEqual(['one ', 'two ', 'three', undefined]);
  });

  test('the result of an iterated stream waits for the iteration and takes no events from it', async () => {
    const { stream } = await open();
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    const whole = stream.result;
    let events = 1;
    while ((await iterator.next()).done !== true) events++;
    expect(events).toBe(8);
    expect((await whole).text).toBe('one two three');
  });

  test('the result of a stream that is left is the cancellation, with the text so far', async () => {
    const { stream } = await open();
    for await (const event of stream) if (event.type === 'text-delta') break;
    const error = await errorOf(stream.result);
    expect(error.code).toBe('aborted');
    expect((error.partial as ChatResult).message.content).toEqual([{ type: 'text', text: 'one ' }]);
  });
});
