import { foldChat, type Usage, type Warning } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import {
  openaiChat,
  openaiCompletions,
  type DecodeSource,
  type OpenAIChatDialect,
} from '../src/index.js';
import { decodeStream, sourceOf, wireOf } from './decode-stream.js';

// What servers say beside the protocol: warnings, usage and errors of their own, the time they needed.

const dialect: Pick<OpenAIChatDialect, 'timings'> = {
  timings({ usage }) {
    const told = usage as { readonly queue_time: number } | undefined;
    return told === undefined ? undefined : { queue: told.queue_time * 1000 };
  },
};

function source(warnings: Warning[], timings: object[]): DecodeSource<typeof dialect> {
  return { ...sourceOf(warnings, dialect), timed: (told) => timings.push(told) };
}

const usage = { prompt_tokens: 3, completion_tokens: 2, queue_time: 0.25 };
const warned = [{ message: 'max_tokens was lowered.' }, 'seed is ignored.', { other: 1 }];

function stream(payloads: readonly (string | object)[]): {
  warnings: Warning[];
  timings: object[];
  usage: Usage | undefined;
  fields: unknown;
} {
  const warnings: Warning[] = [];
  const timings: object[] = [];
  const decoder = openaiChat.streamDecoder(source(warnings, timings));
  const fold = foldChat();
  const out: Parameters<typeof fold.add>[0][] = [];
  for (const payload of payloads) {
    const data = typeof payload === 'string' ? payload : JSON.stringify(payload);
    decoder.message({ data }, out);
  }
  decoder.end(out);
  for (const event of out) fold.add(event);
  return { warnings, timings, usage: decoder.usage, fields: fold.result().passthrough?.fields };
}

const chunk = (more: object, choice: object = {}): object => ({
  id: 'c1',
  choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null, ...choice }],
  ...more,
});

describe('An answer’s own warnings', () => {
  it('are warnings of the reply, each sentence once', () => {
    const warnings: Warning[] = [];
    const choices = [{ message: { content: 'Hi' }, finish_reason: 'stop' }];
    openaiChat.decodeResponse({ choices, usage, warnings: warned }, source(warnings, []));
    openaiCompletions.decodeResponse(
      { choices: [{ text: 'Hi' }], warnings: [{ message: 'Cut.', param: 'suffix' }] },
      sourceOf(warnings),
    );
    const streamed = stream([
      chunk({ warnings: warned }),
      chunk({ warnings: warned }, { finish_reason: 'stop' }),
    ]).warnings;
    const two = ['max_tokens was lowered.', 'seed is ignored.'];
    expect(streamed.map(({ message }) => message)).toEqual(two);
    expect(warnings.map(({ message }) => message)).toEqual([...two, 'Cut.']);
    expect(warnings[2]).toEqual({ type: 'other', message: 'Cut.', setting: 'suffix' });
  });
});

describe('The time that a server says it needed', () => {
  it('is told from a whole body, and from the chunk with the usage', () => {
    const timings: object[] = [];
    const choices = [{ message: { content: 'Hi' }, finish_reason: 'stop' }];
    openaiChat.decodeResponse({ choices, usage }, source([], timings));
    expect(timings).toEqual([{ queue: 250 }]);
    const end = chunk({ usage }, { finish_reason: 'stop' });
    expect(stream([chunk({}), end, '[DONE]']).timings).toEqual([{ queue: 250 }]);
  });

  it('is told of completions too', () => {
    const timings: object[] = [];
    openaiCompletions.decodeResponse(
      { choices: [{ text: 'Hi', finish_reason: 'stop' }], usage },
      source([], timings),
    );
    const decoder = openaiCompletions.streamDecoder(source([], timings));
    const data = JSON.stringify({ choices: [{ text: 'Hi', finish_reason: 'stop' }], usage });
    decoder.message({ data }, []);
    expect(timings).toEqual([{ queue: 250 }, { queue: 250 }]);
  });
});

describe('Members of a server’s own name', () => {
  it('hold the usage where it is nowhere else, also in the first chunk', () => {
    for (const payloads of [
      [chunk({}), chunk({ x_acme: { usage } }, { delta: {}, finish_reason: 'stop' })],
      [chunk({ x_acme: { usage } }, { finish_reason: 'stop' })],
    ]) {
      expect(stream(payloads).usage).toMatchObject({ inputTokens: 3, outputTokens: 2 });
    }
    const body = { choices: [{ message: { content: 'Hi' } }], x_acme: { usage } };
    expect(openaiChat.decodeResponse(body, sourceOf([])).usage).toMatchObject({ inputTokens: 3 });
  });

  it('give way to the protocol’s own usage', () => {
    const own = { usage: { prompt_tokens: 9 }, x_acme: { usage } };
    const end = { delta: {}, finish_reason: 'stop' };
    expect(stream([chunk({}), chunk(own, end)]).usage?.inputTokens).toBe(9);
  });

  it.each([
    ['over_capacity', { error: { message: 'over_capacity', code: 'over_capacity' } }],
    ['The queue is full.', { error: { message: 'The queue is full.' } }],
    [{ message: 'Down.', code: 'x' }, { error: { message: 'Down.', code: 'x' } }],
  ])('tell of an error in the middle of a stream: %j', (error, body) => {
    const wire = wireOf([chunk({}), { id: 'c1', choices: [], x_acme: { id: 'r1', error } }]);
    const { events, error: thrown } = decodeStream(openaiChat, wire);
    expect(events.some(({ type }) => type === 'text-delta')).toBe(true);
    expect(JSON.parse((thrown as { body: string }).body)).toEqual(body);
  });
});

describe('The stop sequence that ended an answer', () => {
  it('is kept beside the finish reason, as text or as a token id', () => {
    const message = { content: 'Hi' };
    for (const stopped of ['###', 128_009]) {
      const choices = [{ message, finish_reason: 'stop', stop_reason: stopped }];
      const { result } = openaiChat.decodeResponse({ choices }, sourceOf([]));
      expect(result.passthrough?.fields).toEqual({ stop_reason: stopped });
      const end = chunk({}, { delta: {}, finish_reason: 'stop', stop_reason: stopped });
      expect(stream([chunk({}), end]).fields).toEqual({ stop_reason: stopped });
    }
    const none = [{ message, finish_reason: 'stop', stop_reason: null }];
    expect(openaiChat.decodeResponse({ choices: none }, sourceOf([])).result).not.toHaveProperty(
      'passthrough',
    );
  });
});
