import type { ChatEvent } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anthropicMessages, SseParser, type SseMessage } from '../src/index.js';
import { decodeMessages, decodeText, source, type Decoding } from './anthropic-support.js';

const START = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'm', content: [], usage: { input_tokens: 5, output_tokens: 1 } },
};
const STOP = { type: 'message_stop' };

function blockStart(index: number, block: object): object {
  return { type: 'content_block_start', index, content_block: block };
}

function delta(index: number, value: object): object {
  return { type: 'content_block_delta', index, delta: value };
}

function text(index: number, words: string): object {
  return delta(index, { type: 'text_delta', text: words });
}

function json(index: number, piece: string): object {
  return delta(index, { type: 'input_json_delta', partial_json: piece });
}

function blockStop(index: number): object {
  return { type: 'content_block_stop', index };
}

function ending(reason: string | null, more?: object): object {
  return {
    type: 'message_delta',
    delta: { stop_reason: reason, ...more },
    usage: { output_tokens: 9 },
  };
}

/** Data without `event:` lines: the type in the data is enough. */
function decode(...events: object[]): Decoding {
  return decodeMessages(events.map((event) => ({ data: JSON.stringify(event) })));
}

const TOOL = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} };
const EMPTY = { type: 'text', text: '' };

describe('The Anthropic stream decoder', () => {
  it('skips pings, unknown events, unknown deltas and fields, and blanks after the JSON', () => {
    const lines = [
      START,
      { type: 'ping' },
      { type: 'a_new_event', error_rate: 1 },
      blockStart(0, { ...EMPTY, new_field: 1 }),
      delta(0, { type: 'new_delta', novelty: 'x' }),
      text(0, 'Hi'),
      text(7, 'no such block'),
      delta(0, { type: 'text_delta' }),
      { type: 'content_block_delta', index: 0 },
      { type: 'content_block_start', index: 1 },
      [1],
      null,
      blockStop(0),
      blockStop(9),
      ending('end_turn'),
      STOP,
    ].map((event) => `data: ${JSON.stringify(event)}   \n\n`);
    const { error, result, usage } = decodeText(
      `: hello\n\n${lines.join('')}data: \n\ndata: [DONE]\n\n`,
    );
    expect(error).toBeUndefined();
    expect(result.message.content).toEqual([
      {
        type: 'text',
        text: 'Hi',
        opaque: { format: 'anthropic-messages', value: { new_field: 1 } },
      },
    ]);
    expect(usage).toMatchObject({ inputTokens: 5, outputTokens: 9 });
  });

  it('takes the event line where the data names no type', () => {
    const { error } = decodeMessages([
      { event: 'message_start', data: JSON.stringify({ message: START.message }) },
      { event: 'message_delta', data: JSON.stringify({ delta: { stop_reason: 'end_turn' } }) },
      { event: 'message_stop', data: '{}' },
    ]);
    expect(error).toBeUndefined();
  });

  it('says nothing after message_stop', () => {
    const { events, done } = decode(
      START,
      ending('end_turn'),
      STOP,
      START,
      blockStart(0, EMPTY),
      text(0, 'x'),
      {
        type: 'error',
        error: {},
      },
    );
    expect(done).toBe(true);
    expect(events.map(({ type }) => type)).toEqual(['start', 'finish', 'end']);
  });

  it.each([
    [
      'an error event',
      [{ event: 'error', data: '{"type":"error","error":{"type":"overloaded_error"}}' }],
    ],
    [
      'an error without an event line',
      [{ data: '{"type":"error","error":{"type":"overloaded_error"}}' }],
    ],
    ['an error object without a type', [{ data: '{"error":{"message":"no"}}' }]],
    ['an error event that holds no JSON', [{ event: 'error', data: 'overloaded' }]],
  ] satisfies [string, SseMessage[]][])(
    'throws what the classifier gives for %s',
    (_name, messages) => {
      const { error } = decodeMessages([{ data: JSON.stringify(START) }, ...messages]);
      expect(error?.code).toBe('overloaded');
    },
  );

  it('fails a stream that ends without message_stop, even after its stop reason', () => {
    for (const events of [
      [START],
      [START, blockStart(0, EMPTY), text(0, 'x')],
      [START, ending('end_turn')],
    ]) {
      const { error, events: out, done } = decode(...events);
      expect(error?.code).toBe('stream_interrupted');
      expect(done).toBe(false);
      expect(out.some(({ type }) => type === 'end')).toBe(false);
    }
  });

  it('tells an empty stream and an empty message from an answer without words', () => {
    expect(decode().error?.code).toBe('empty_response');
    expect(decode({ type: 'ping' }).error?.code).toBe('empty_response');
    expect(decode(START, STOP).error?.code).toBe('empty_response');
    const { error, result } = decode(
      START,
      ending('refusal', { stop_details: { category: 'bio' } }),
      STOP,
    );
    expect(error).toBeUndefined();
    expect(result.finishReason).toEqual({ unified: 'content-filter', raw: 'refusal' });
    expect(result.passthrough?.fields).toEqual({ stop_details: { category: 'bio' } });
  });

  it('fails an event that is no JSON without showing it, but not one that the end of the bytes cut', () => {
    const { error } = decodeMessages([
      { data: JSON.stringify(START) },
      { data: '{"type":"secret words' },
    ]);
    expect(error?.code).toBe('protocol');
    expect(JSON.stringify([error?.message, String(error?.cause)])).not.toContain('secret');
    const cut = decodeText(`data: ${JSON.stringify(START)}\n\ndata: {"type":"content_bl`);
    expect(cut.error?.code).toBe('stream_interrupted');
    const whole = [START, ending('end_turn'), STOP].map(
      (event) => `data: ${JSON.stringify(event)}`,
    );
    expect(decodeText(whole.join('\n\n')).error).toBeUndefined();
  });

  it('never gives a tool call that was cut', () => {
    for (const open of [
      [START, blockStart(0, TOOL), json(0, '{"a":')],
      [START, blockStart(0, TOOL), json(0, '')],
    ])
      for (const rest of [
        [],
        [ending('max_tokens'), STOP],
        [blockStop(0), ending('max_tokens'), STOP],
        [blockStop(0), ending('refusal'), STOP],
      ]) {
        const { result, events } = decode(...open, ...rest);
        expect(result.message.content).toEqual([]);
        expect(events.some(({ type }) => type === 'part-end')).toBe(false);
      }
  });

  it('gives a whole call with the broken arguments that the model itself wrote', () => {
    const { result } = decode(
      START,
      blockStart(0, TOOL),
      json(0, '{"a":'),
      blockStop(0),
      ending('tool_use'),
      STOP,
    );
    expect(result.message.content).toMatchObject([{ type: 'tool-call', arguments: '{"a":' }]);
  });

  it('takes the arguments from the block’s start where no delta comes, and {} for none', () => {
    const { result } = decode(
      START,
      blockStart(0, TOOL),
      json(0, ''),
      blockStop(0),
      blockStart(1, { ...TOOL, input: { a: 1 } }),
      blockStop(1),
      ending('tool_use'),
      STOP,
    );
    expect(result.message.content).toMatchObject([{ arguments: '{}' }, { arguments: '{"a":1}' }]);
  });

  it('reads an answer that comes whole in its message_start', () => {
    const message = {
      ...START.message,
      content: [
        { type: 'text', text: 'Hi' },
        { ...TOOL, input: { a: 1 } },
      ],
      stop_reason: 'tool_use',
    };
    const { result, error } = decode({ type: 'message_start', message }, STOP);
    expect(error).toBeUndefined();
    expect(result.message.content).toMatchObject([{ text: 'Hi' }, { arguments: '{"a":1}' }]);
    expect(result.finishReason.unified).toBe('tool-calls');
  });

  it('folds the deltas of blocks that it does not know into their value', () => {
    const { result } = decode(
      START,
      blockStart(0, { type: 'mcp_tool_use', id: 'm', name: 'n', server_name: 's', input: {} }),
      json(0, '{"q":'),
      json(0, '[1]}'),
      blockStop(0),
      blockStart(1, { type: 'compaction', content: null }),
      delta(1, { type: 'compaction_delta', content: 'sum', encrypted_content: 'e' }),
      blockStop(1),
      blockStart(2, { type: 'new_text', text: 'a' }),
      text(2, 'b'),
      text(2, 'c'),
      blockStop(2),
      ending('end_turn'),
      STOP,
    );
    expect(result.message.content.map((part) => part.type === 'provider' && part.value)).toEqual([
      { type: 'mcp_tool_use', id: 'm', name: 'n', server_name: 's', input: { q: [1] } },
      { type: 'compaction', content: 'sum', encrypted_content: 'e' },
      { type: 'new_text', text: 'abc' },
    ]);
  });

  it('counts the last report of each figure, cache included, and takes null as no report', () => {
    const usage = {
      input_tokens: 10,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      output_tokens: 1,
    };
    const { usage: counted } = decode(
      { type: 'message_start', message: { ...START.message, usage } },
      { type: 'message_delta', delta: {}, usage: { input_tokens: 40, output_tokens: 3 } },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: {
          input_tokens: null,
          output_tokens: 7,
          output_tokens_details: { thinking_tokens: 4 },
          server_tool_use: { web_search_requests: 1 },
        },
      },
      STOP,
    );
    expect(counted).toEqual({
      inputTokens: 170,
      outputTokens: 7,
      cacheReadTokens: 100,
      cacheWriteTokens: 30,
      cacheWrite1hTokens: 20,
      reasoningTokens: 4,
      raw: {
        ...usage,
        input_tokens: 40,
        output_tokens: 7,
        output_tokens_details: { thinking_tokens: 4 },
        server_tool_use: { web_search_requests: 1 },
      },
    });
  });

  it('reports usage at any time, as far as it has come', () => {
    const decoder = anthropicMessages.streamDecoder(source);
    const outputs = [
      START,
      ending(null),
      { ...ending('end_turn'), usage: { output_tokens: 12 } },
    ].map((event) => {
      decoder.message({ data: JSON.stringify(event) }, []);
      return decoder.usage?.outputTokens;
    });
    // The start's own count is a placeholder.
    expect(outputs).toEqual([undefined, 9, 12]);
  });

  it('reports the usage of a stream that was cut, as far as it came', () => {
    const { usage, error } = decode(START, blockStart(0, EMPTY), text(0, 'x'));
    expect(error?.code).toBe('stream_interrupted');
    expect(usage).toMatchObject({ inputTokens: 5 });
    expect(usage).not.toHaveProperty('outputTokens');
  });

  it('takes no time and memory from a block index of any size', () => {
    const { error, result } = decode(
      START,
      blockStart(4_294_967_294, EMPTY),
      text(4_294_967_294, 'far'),
      blockStop(4_294_967_294),
      ending('end_turn'),
      STOP,
    );
    expect(error).toBeUndefined();
    expect(result.message.content).toEqual([{ type: 'text', text: 'far' }]);
  });

  it('ends in a result or a typed error for any events of the protocol in any order', () => {
    const index = fc.nat(2);
    const event = fc.oneof(
      fc.constant(START),
      fc.constant({ ...START, message: { ...START.message, id: 'msg_2' } }),
      fc.constant(STOP),
      index.map((at) => blockStart(at, EMPTY)),
      index.map((at) => blockStart(at, TOOL)),
      index.map((at) => blockStart(at, { type: 'thinking', thinking: '', signature: '' })),
      index.map((at) => blockStart(at, { type: 'server_tool_use', input: {} })),
      fc.tuple(index, fc.string()).map(([at, words]) => text(at, words)),
      fc.tuple(index, fc.string()).map(([at, words]) => json(at, words)),
      fc
        .tuple(index, fc.jsonValue())
        .map(([at, value]) => ({ ...blockStart(at, {}), content_block: value })),
      fc.tuple(index, fc.jsonValue()).map(([at, value]) => ({ ...delta(at, {}), delta: value })),
      fc.jsonValue().map((usage) => ({ ...ending('end_turn'), usage })),
      index.map(blockStop),
      fc.jsonValue().map((value) => ({ type: 'message_start', message: value })),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 25 }), (events) => {
        const { error, events: out, result } = decode(...events);
        if (error !== undefined)
          expect(['empty_response', 'stream_interrupted', 'overloaded']).toContain(error.code);
        else expect(out.at(-1)?.type).toBe('end');
        expectWellFormed(out);
        for (const part of result.message.content)
          if (part.type === 'tool-call') expect(part.id).toBe('toolu_1');
      }),
      { numRuns: 1000 },
    );
  });

  it('reads the same through the parser when the messages come one byte at a time', () => {
    const wire = [
      START,
      blockStart(0, EMPTY),
      text(0, 'ä🌦️'),
      blockStop(0),
      ending('end_turn'),
      STOP,
    ]
      .map((event) => `event: x\r\ndata: ${JSON.stringify(event)}\r\n\r\n`)
      .join('');
    const parser = new SseParser();
    const messages: SseMessage[] = [];
    for (const byte of new TextEncoder().encode(wire))
      parser.push(Uint8Array.of(byte), (message) => messages.push(message));
    expect(decodeMessages(messages).events).toEqual(decodeText(wire).events);
  });
});

/** Parts are numbered from 0 in order; what is said of a part is said between its start and its end; finish and end come once, last. */
function expectWellFormed(events: readonly ChatEvent[]): void {
  const ended = new Set<number>();
  let parts = 0;
  events.forEach((event, at) => {
    if (event.type === 'part-start') expect(event.index).toBe(parts++);
    else if ('index' in event) {
      expect(event.index).toBeLessThan(parts);
      expect(ended.has(event.index)).toBe(false);
      if (event.type === 'part-end') ended.add(event.index);
    }
    if (event.type === 'end') expect(at).toBe(events.length - 1);
  });
}
