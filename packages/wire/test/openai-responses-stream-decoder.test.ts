import { foldChat, InferwayError, type ChatResult, type JsonObject } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { openaiResponses } from '../src/index.js';
import { decodeStream, wireOf, type DecodedStream } from './decode-stream.js';

type Payload = JsonObject | string;

const created = {
  type: 'response.created',
  response: { id: 'resp_1', model: 'm', created_at: 5, status: 'in_progress', output: [] },
};
const usage = { input_tokens: 3, output_tokens: 4, total_tokens: 7 };

function completed(output: JsonObject[] = [], more: JsonObject = {}): JsonObject {
  const response = { id: 'resp_1', model: 'm', created_at: 5, status: 'completed', output, usage };
  return { type: 'response.completed', response: { ...response, ...more } };
}
function added(item: JsonObject, index = 0): JsonObject {
  return { type: 'response.output_item.added', output_index: index, item };
}
function done(item: JsonObject, index = 0): JsonObject {
  return { type: 'response.output_item.done', output_index: index, item };
}
function textDelta(delta: string, index = 0, content = 0): JsonObject {
  return {
    type: 'response.output_text.delta',
    output_index: index,
    content_index: content,
    item_id: 'msg_1',
    delta,
    logprobs: [],
    obfuscation: 'xyz',
  };
}
const message = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'in_progress',
  content: [],
};
const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '' };

function read(payloads: readonly Payload[]): DecodedStream<never> & { result: ChatResult } {
  const decoded = decodeStream(openaiResponses, wireOf(payloads));
  const fold = foldChat();
  for (const event of decoded.events) fold.add(event);
  return { ...decoded, result: fold.result() } as DecodedStream<never> & { result: ChatResult };
}

function text(words: string): object {
  return {
    type: 'text',
    text: words,
    opaque: { format: 'openai-responses', value: { id: 'msg_1' } },
  };
}

describe('A streamed response', () => {
  it('is read from its deltas alone', () => {
    const {
      result,
      error,
      usage: counted,
    } = read([created, added(message), textDelta('Hel'), textDelta('lo'), completed()]);
    expect(error).toBeUndefined();
    expect(result).toMatchObject({
      id: 'resp_1',
      model: 'm',
      created: 5,
      message: { content: [text('Hello')] },
      finishReason: { unified: 'stop', raw: 'completed' },
    });
    expect(counted).toMatchObject({ inputTokens: 3, outputTokens: 4 });
  });

  it('is read from its terminal event alone', () => {
    const { result, error } = read([
      completed([
        { ...message, content: [{ type: 'output_text', text: 'Hello', annotations: [] }] },
      ]),
    ]);
    expect(error).toBeUndefined();
    expect(result.message.content).toEqual([text('Hello')]);
    expect(result.id).toBe('resp_1');
  });

  it('gets from an item’s end what no delta carried', () => {
    const content = [
      {
        type: 'output_text',
        text: 'Hello',
        annotations: [{ type: 'url_citation', url: 'u', title: 't', start_index: 0, end_index: 5 }],
      },
      { type: 'refusal', refusal: 'No.' },
    ];
    const { result } = read([
      created,
      added(message),
      textDelta('Hel'),
      done({ ...message, content, phase: 'final_answer' }),
      completed(),
    ]);
    const opaque = { format: 'openai-responses', value: { id: 'msg_1', phase: 'final_answer' } };
    expect(result.message.content).toEqual([
      {
        type: 'text',
        text: 'Hello',
        citations: [{ url: 'u', title: 't', start: 0, end: 5 }],
        opaque,
      },
      { type: 'refusal', text: 'No.', opaque },
    ]);
  });

  it('takes items that grow side by side', () => {
    const second = { ...call, id: 'fc_2', call_id: 'call_2', name: 'g' };
    const delta = (index: number, piece: string): JsonObject => ({
      type: 'response.function_call_arguments.delta',
      output_index: index,
      delta: piece,
    });
    const { result } = read([
      created,
      added(call, 0),
      added(second, 1),
      delta(0, '{"a"'),
      delta(1, '{"b"'),
      delta(0, ':1}'),
      delta(1, ':2}'),
      done({ ...second, arguments: '{"b":2}', status: 'completed' }, 1),
      done({ ...call, arguments: '{"a":1}', status: 'completed' }, 0),
      completed(),
    ]);
    expect(result.message.content).toMatchObject([
      { type: 'tool-call', id: 'call_1', name: 'f', arguments: '{"a":1}' },
      { type: 'tool-call', id: 'call_2', name: 'g', arguments: '{"b":2}' },
    ]);
    expect(result.finishReason).toEqual({ unified: 'tool-calls', raw: 'completed' });
  });

  it('never gives a call that was cut', () => {
    const cut = { ...call, arguments: '{"a', status: 'incomplete' };
    const { result, warnings, error } = read([
      created,
      added(call),
      { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"a' },
      done(cut),
      {
        type: 'response.incomplete',
        response: {
          status: 'incomplete',
          incomplete_details: { reason: 'max_output_tokens' },
          output: [cut],
        },
      },
    ]);
    expect(error).toBeUndefined();
    expect(result.message.content).toEqual([]);
    expect(result.finishReason).toEqual({ unified: 'length', raw: 'max_output_tokens' });
    expect(warnings).toHaveLength(1);
    const silent = read([
      created,
      added(call),
      {
        type: 'response.incomplete',
        response: { incomplete_details: { reason: 'content_filter' } },
      },
    ]);
    expect(silent.result.message.content).toEqual([]);
    expect(silent.result.finishReason).toEqual({
      unified: 'content-filter',
      raw: 'content_filter',
    });
  });

  it('joins the sections of a summary, and reads thoughts that engines show', () => {
    const item = { type: 'reasoning', id: 'rs_1', summary: [] };
    const delta = (type: string, at: number, piece: string): JsonObject => ({
      type: `response.${type}.delta`,
      output_index: 0,
      summary_index: at,
      content_index: at,
      delta: piece,
    });
    const summary = [
      { type: 'summary_text', text: 'One.' },
      { type: 'summary_text', text: 'Two.' },
    ];
    const told = read([
      created,
      added(item),
      delta('reasoning_summary_text', 0, 'One.'),
      delta('reasoning_summary_text', 1, 'Two.'),
      done({ ...item, summary, encrypted_content: 'gAAAA' }),
      completed(),
    ]);
    expect(told.result.message.content).toEqual([
      {
        type: 'reasoning',
        text: 'One.\n\nTwo.',
        opaque: {
          format: 'openai-responses',
          value: { id: 'rs_1', encrypted_content: 'gAAAA', summary },
        },
      },
    ]);
    const shown = read([
      created,
      added(item),
      delta('reasoning_text', 0, 'Word '),
      delta('reasoning_text', 0, 'for word.'),
      done({ ...item, content: [{ type: 'reasoning_text', text: 'Word for word.' }] }),
      completed(),
    ]);
    expect(shown.result.message.content).toEqual([
      {
        type: 'reasoning',
        text: 'Word for word.',
        opaque: { format: 'openai-responses', value: { id: 'rs_1', summary: [] } },
      },
    ]);
  });

  it('keeps the items of the provider’s own tools whole, and knows which wait for the caller', () => {
    const custom = { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c1', name: 'n', input: '' };
    const finished = { ...custom, input: 'SELECT 1', status: 'completed' };
    const { result } = read([
      created,
      added(custom),
      { type: 'response.custom_tool_call_input.delta', output_index: 0, delta: 'SELECT 1' },
      done(finished),
      completed(),
    ]);
    expect(result.message.content).toEqual([
      { type: 'provider', format: 'openai-responses', kind: 'custom_tool_call', value: finished },
    ]);
    expect(result.finishReason.unified).toBe('tool-calls');
    const shell = { type: 'shell_call', call_id: 'c1' };
    const ran = read([completed([shell, { type: 'shell_call_output', call_id: 'c1' }])]);
    expect(ran.result.finishReason.unified).toBe('stop');
    expect(read([completed([shell])]).result.finishReason.unified).toBe('tool-calls');
  });

  it('skips what it does not know, and a [DONE] that this protocol has not', () => {
    const { result, error } = read([
      created,
      { type: 'response.queued', response: {} },
      { type: 'keepalive', sequence_number: 3 },
      { type: 'response.something.new', item_id: 'x', delta: { a: 1 } },
      added(message),
      textDelta('Hi'),
      { type: 'response.code_interpreter_call.in_progress', output_index: 9 },
      completed([{ ...message, content: [{ type: 'output_text', text: 'Hi' }] }]),
      '[DONE]',
    ]);
    expect(error).toBeUndefined();
    expect(result.message.content).toEqual([text('Hi')]);
  });

  it('tells log probabilities with the text', () => {
    const logprobs = [{ token: 'Hi', logprob: -1, bytes: [72], top_logprobs: [] }];
    const { result } = read([
      created,
      added(message),
      { ...textDelta('Hi'), logprobs },
      completed(),
    ]);
    expect(result.logprobs).toEqual([{ token: 'Hi', logprob: -1, bytes: [72] }]);
  });

  it('finds items by their ids where all have one index, and by index where ids change', () => {
    const other = { ...message, id: 'msg_2' };
    const whole = (item: JsonObject, words: string): JsonObject => ({
      ...item,
      content: [{ type: 'output_text', text: words }],
    });
    const output = [whole(message, 'One'), whole(other, 'Two')];
    const flat = read([
      created,
      added(message),
      textDelta('One'),
      done(whole(message, 'One')),
      added(other),
      { ...textDelta('Two'), item_id: 'msg_2' },
      done(whole(other, 'Two')),
      completed(output),
    ]);
    expect(flat.result.message.content).toMatchObject([{ text: 'One' }, { text: 'Two' }]);
    const shifting = read([
      created,
      added(message),
      { ...textDelta('On'), item_id: 'x1' },
      { ...textDelta('e'), item_id: 'x2' },
      done(whole({ ...message, id: 'x3' }, 'One')),
      added(other, 1),
      { ...textDelta('Two', 1), item_id: 'x4' },
      done(whole({ ...other, id: 'x5' }, 'Two'), 1),
      completed([whole({ ...message, id: 'x6' }, 'One'), whole({ ...other, id: 'x7' }, 'Two')]),
    ]);
    expect(shifting.result.message.content).toMatchObject([{ text: 'One' }, { text: 'Two' }]);
  });

  it('tells items apart that have one id and stand side by side', () => {
    const second = { ...call, call_id: 'call_2' };
    const grown = (delta: string, index: number): JsonObject => ({
      type: 'response.function_call_arguments.delta',
      item_id: 'fc_1',
      output_index: index,
      delta,
    });
    const { result } = read([
      created,
      added(call),
      added(second, 1),
      grown('{"a":', 0),
      grown('{"b":', 1),
      grown('1}', 0),
      grown('2}', 1),
      done({ ...call, arguments: '{"a":1}' }),
      done({ ...second, arguments: '{"b":2}' }, 1),
      completed([
        { ...call, arguments: '{"a":1}' },
        { ...second, arguments: '{"b":2}' },
      ]),
    ]);
    expect(result.message.content).toMatchObject([
      { id: 'call_1', arguments: '{"a":1}' },
      { id: 'call_2', arguments: '{"b":2}' },
    ]);
  });

  it('opens what was never told to begin', () => {
    const { result } = read([created, textDelta('Hi'), completed()]);
    expect(result.message.content).toEqual([text('Hi')]);
  });

  it.each<[string, Payload[], string]>([
    ['nothing at all', [], 'empty_response'],
    ['only a [DONE]', ['[DONE]'], 'empty_response'],
    ['no terminal event', [created, added(message), textDelta('Hi')], 'stream_interrupted'],
    ['a [DONE] in its place', [created, textDelta('Hi'), '[DONE]'], 'stream_interrupted'],
    ['an end without any item', [created, completed()], 'empty_response'],
    ['no JSON', [created, '{"type":'], 'protocol'],
  ])('with %s is an error', (_what, payloads, code) => {
    const { error } = read(payloads);
    expect(error).toBeInstanceOf(InferwayError);
    expect((error as InferwayError).code).toBe(code);
  });

  it.each<[string, Payload]>([
    ['an error event', { type: 'error', error: { code: 'insufficient_quota', message: 'No.' } }],
    [
      'a flat error event',
      { type: 'error', code: 'insufficient_quota', message: 'No.', param: null },
    ],
    [
      'a failed response',
      {
        type: 'response.failed',
        response: {
          status: 'failed',
          instructions: 'Secret.',
          error: { code: 'insufficient_quota', message: 'No.' },
        },
      },
    ],
    ['a proxy’s error', { error: { code: 'insufficient_quota', message: 'No.' } }],
  ])('with %s inside a 200 fails with what the classifier makes of it', (_what, payload) => {
    const { error } = read([created, payload, completed()]);
    expect(error).toMatchObject({ code: 'server' });
    const body = JSON.parse((error as InferwayError).body ?? '') as { error: object };
    expect(body).toMatchObject({ error: { code: 'insufficient_quota', message: 'No.' } });
    expect(JSON.stringify(body)).not.toContain('Secret');
  });

  it('that failed without saying why is a failure of the server', () => {
    const { error } = read([created, { type: 'response.failed', response: { error: null } }]);
    expect((error as InferwayError).body).toContain('server_error');
  });

  it('that waits in the background ends without content, by its id', () => {
    const body = { id: 'resp_1', status: 'queued', output: [], background: true };
    const { result } = openaiResponses.decodeResponse(body, {
      fail: () => new InferwayError('server', { message: 'no' }),
      warn: () => undefined,
    });
    expect(result).toEqual({
      id: 'resp_1',
      message: { role: 'assistant', content: [] },
      finishReason: { unified: 'other', raw: 'queued' },
    });
  });
});
