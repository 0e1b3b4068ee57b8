import {
  ERROR_CODES,
  InferwayError,
  unfoldChat,
  type AssistantPart,
  type ChatEvent,
  type ChatResult,
  type ErrorCode,
  type JsonObject,
  type Usage,
} from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { anthropicMessages } from '../src/index.js';
import { decodeText, encodeEvents } from './anthropic-support.js';

const as = { id: 'msg_gateway', model: 'shown', created: 7 };

function answer(
  content: readonly AssistantPart[],
  finishReason: ChatResult['finishReason'],
): ChatResult {
  return { message: { role: 'assistant', content }, finishReason };
}

function unary(result: ChatResult, usage?: Usage): JsonObject {
  return anthropicMessages.encodeResponse(usage === undefined ? { result } : { result, usage }, as);
}

/** The payloads of what is written for these events. */
function streamed(events: readonly ChatEvent[]): JsonObject[] {
  return encodeEvents(events)
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)) as JsonObject);
}

/** The blocks and the stop reason as a client gathers them from the stream. */
function gathered(result: ChatResult): {
  content: readonly AssistantPart[];
  stop: string | undefined;
} {
  const decoded = decodeText(encodeEvents(unfoldChat(result, undefined))).result;
  return { content: decoded.message.content, stop: decoded.finishReason.raw };
}

const CALL: AssistantPart = { type: 'tool-call', id: 'c', name: 'f', arguments: '{"a":1}' };
const TEXT: AssistantPart = { type: 'text', text: 'Hi' };

describe('An answer of another protocol for an Anthropic client', () => {
  it.each<[string, AssistantPart, ChatResult['finishReason'], string]>([
    ['stopped', TEXT, { unified: 'stop', raw: 'stop' }, 'end_turn'],
    ['stopped at a sequence', TEXT, { unified: 'stop', raw: 'stop_sequence' }, 'stop_sequence'],
    ['cut', TEXT, { unified: 'length', raw: 'length' }, 'max_tokens'],
    ['calling', CALL, { unified: 'tool-calls', raw: 'tool_calls' }, 'tool_use'],
    ['calling, though it says stopped', CALL, { unified: 'stop', raw: 'stop' }, 'tool_use'],
    ['filtered', TEXT, { unified: 'content-filter', raw: 'content_filter' }, 'refusal'],
    ['refused in words', { type: 'refusal', text: 'No.' }, { unified: 'stop' }, 'refusal'],
    ['failed', TEXT, { unified: 'error' }, 'end_turn'],
    ['of an unknown end', TEXT, { unified: 'unknown' }, 'end_turn'],
    ['of an end that no rule explains', TEXT, { unified: 'other', raw: 'eos_3' }, 'eos_3'],
    ['of another end', TEXT, { unified: 'other' }, 'end_turn'],
    [
      'whose word means something else here',
      TEXT,
      { unified: 'length', raw: 'end_turn' },
      'max_tokens',
    ],
  ])('has the right stop reason when it was %s', (_name, part, finishReason, stop) => {
    const result = answer([part], finishReason);
    expect(unary(result).stop_reason).toBe(stop);
    expect(gathered(result).stop).toBe(stop);
  });

  it('shows as text what the protocol has no block for, and leaves out what cannot be shown', () => {
    const result = answer(
      [
        { type: 'image', image: { type: 'url', url: 'https://example.org/i.png' } },
        { type: 'refusal', text: 'No.' },
        { type: 'audio', audio: { type: 'file-id', id: 'a' }, transcript: 'Said.' },
        { type: 'audio', audio: { type: 'file-id', id: 'b' } },
        { type: 'provider', format: 'openai-responses', kind: 'x', value: { a: 1 } },
        { type: 'file', file: { type: 'text', text: 'f' } },
        TEXT,
      ],
      { unified: 'stop' },
    );
    const shown = ['No.', 'Said.', 'Hi'].map((text) => ({ type: 'text', text }));
    expect(unary(result).content).toEqual(shown);
    expect(gathered(result).content).toEqual(shown);
  });

  it('cites another provider’s sources as web search results, where they have a URL', () => {
    const result = answer(
      [
        {
          type: 'text',
          text: 'Hi',
          citations: [{ url: 'https://example.org', quote: 'q' }, { title: 'no address' }],
        },
      ],
      { unified: 'stop' },
    );
    const citation = {
      type: 'web_search_result_location',
      url: 'https://example.org',
      title: null,
      cited_text: 'q',
      encrypted_index: '',
    };
    expect(unary(result).content).toEqual([{ type: 'text', text: 'Hi', citations: [citation] }]);
    expect(streamed(unfoldChat(result, undefined)).map(({ delta }) => delta)).toContainEqual({
      type: 'citations_delta',
      citation,
    });
  });

  it('takes as a URL the source of a search result only where it is one', () => {
    const citations = ['https://example.org/a', 'notes.txt'].map((source) => ({
      type: 'search_result_location',
      source,
      title: 't',
      cited_text: 'q',
    }));
    const body = { content: [{ type: 'text', text: 'Hi', citations }], stop_reason: 'end_turn' };
    const { result } = anthropicMessages.decodeResponse(body, {
      fail: () => new InferwayError('server', { message: 'no' }),
      warn: () => undefined,
    });
    const [part] = result.message.content;
    expect(part?.type === 'text' && part.citations?.map(({ url }) => url)).toEqual([
      'https://example.org/a',
      undefined,
    ]);
  });

  it('has the id, model and numbers that clients need where the answer has none', () => {
    const body = unary(answer([TEXT], { unified: 'stop' }));
    expect(body).toMatchObject({
      id: 'msg_gateway',
      type: 'message',
      role: 'assistant',
      model: 'shown',
    });
    expect(body.usage).toEqual({
      input_tokens: 0,
      output_tokens: 0,
      cache_creation_input_tokens: null,
      cache_read_input_tokens: null,
    });
    const [start] = streamed([{ type: 'text-delta', index: 0, text: 'x' }]);
    expect(start).toMatchObject({
      type: 'message_start',
      message: { id: 'msg_test', content: [], stop_reason: null, usage: { input_tokens: 0 } },
    });
  });

  it('keeps of Anthropic’s own usage what no count says, and nothing of another’s', () => {
    const usage = { inputTokens: 5, outputTokens: 6 };
    const own = {
      input_tokens: 5,
      server_tool_use: { web_search_requests: 1 },
      service_tier: 'standard',
    };
    const result = answer([TEXT], { unified: 'stop' });
    expect(unary(result, { ...usage, raw: own }).usage).toMatchObject(own);
    const other = { prompt_tokens: 5, service_tier: 'flex' };
    expect(unary(result, { ...usage, raw: other }).usage).not.toHaveProperty('service_tier');
  });

  it('wraps arguments that are no object, since input must be one', () => {
    const broken = answer([{ ...CALL, arguments: '{"a":' }], { unified: 'tool-calls' });
    expect(unary(broken).content).toMatchObject([{ input: { raw_arguments: '{"a":' } }]);
  });
});

describe('The Anthropic stream encoder', () => {
  const part = (index: number, value: AssistantPart, choice?: number): ChatEvent => ({
    type: 'part-start',
    index,
    part: value,
    choice,
  });
  const end: ChatEvent = { type: 'end' };

  it('says the first choice only', () => {
    const events: ChatEvent[] = [
      { type: 'start' },
      part(0, { type: 'text', text: '' }),
      part(0, { type: 'text', text: '' }, 1),
      { type: 'text-delta', index: 0, text: 'other', choice: 1 },
      { type: 'text-delta', index: 0, text: 'first' },
      { type: 'part-end', index: 0, choice: 1 },
      { type: 'finish', finishReason: { unified: 'length' }, choice: 1 },
      { type: 'part-end', index: 0, choice: 0 },
      { type: 'finish', finishReason: { unified: 'stop' }, choice: 0 },
      end,
    ];
    const { result } = decodeText(encodeEvents(events));
    expect(result.message.content).toEqual([{ type: 'text', text: 'first' }]);
    expect(result.finishReason.raw).toBe('end_turn');
  });

  it('begins once, and says nothing of a part that never began', () => {
    const events: ChatEvent[] = [
      { type: 'start', id: 'a' },
      { type: 'start', id: 'b' },
      { type: 'part-end', index: 3 },
    ];
    expect(streamed(events).map(({ type }) => type)).toEqual(['message_start']);
  });

  it('closes a call that was cut while it was being written, and leaves out one that had not begun to be', () => {
    const events: ChatEvent[] = [
      part(0, { ...CALL, arguments: '' }),
      { type: 'tool-call-delta', index: 0, arguments: '{"a"' },
      part(1, { ...CALL, id: 'd', arguments: '' }),
      { type: 'tool-call-delta', index: 1, arguments: '{' },
      part(2, { type: 'text', text: 'late' }),
      { type: 'finish', finishReason: { unified: 'length' } },
      end,
    ];
    const written = streamed(events);
    expect(JSON.stringify(written)).not.toContain('"d"');
    expect(written.filter(({ type }) => type === 'content_block_start')).toHaveLength(2);
    expect(written.filter(({ type }) => type === 'content_block_stop')).toHaveLength(2);
    const { result } = decodeText(encodeEvents(events));
    expect(result.message.content).toEqual([{ type: 'text', text: 'late' }]);
  });

  it('streams the input of the provider’s own tools as the API does', () => {
    const value = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } };
    const events = unfoldChat(
      answer([{ type: 'provider', format: 'anthropic-messages', kind: 'server_tool_use', value }], {
        unified: 'stop',
      }),
      undefined,
    );
    expect(streamed(events).slice(1, 4)).toEqual([
      { type: 'content_block_start', index: 0, content_block: { ...value, input: {} } },
      {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'input_json_delta', partial_json: '{"query":"q"}' },
      },
      { type: 'content_block_stop', index: 0 },
    ]);
  });

  it('has no signature for reasoning without one', () => {
    const events = unfoldChat(
      answer([{ type: 'reasoning', text: 'hm' }], { unified: 'stop' }),
      undefined,
    );
    expect(
      streamed(events).map(({ delta }) => (delta as JsonObject | undefined)?.type),
    ).not.toContain('signature_delta');
  });

  it('puts each field of an answer where the API has it', () => {
    const passthrough = {
      format: 'anthropic-messages',
      fields: { container: { id: 'c' }, stop_sequence: 'END', stop_details: { category: 'x' } },
    };
    const later = {
      format: 'anthropic-messages',
      fields: { context_management: { applied_edits: [] }, container: { id: 'd' } },
    };
    const written = streamed([
      { type: 'start', passthrough },
      { type: 'finish', finishReason: { unified: 'stop', raw: 'stop_sequence' } },
      { ...end, passthrough: later },
    ]);
    expect(written[0]).toMatchObject({ message: { container: { id: 'c' }, stop_sequence: null } });
    expect(written[0]?.message).not.toHaveProperty('stop_details');
    expect(written[1]).toMatchObject({
      type: 'message_delta',
      delta: {
        stop_reason: 'stop_sequence',
        stop_sequence: 'END',
        stop_details: { category: 'x' },
        container: { id: 'd' },
      },
      context_management: { applied_edits: [] },
    });
    const foreign = { format: 'openai-chat', fields: { system_fingerprint: 'f' } };
    expect(
      JSON.stringify(
        streamed([
          { type: 'start', passthrough: foreign },
          { ...end, passthrough: foreign },
        ]),
      ),
    ).not.toContain('fingerprint');
  });

  it('tells a failure after it began as an error event, and ends there', () => {
    const encoder = anthropicMessages.streamEncoder(as);
    const wire = encoder.fail(
      new InferwayError('overloaded', { message: 'No capacity.' }),
      'req_1',
    );
    expect(wire).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"No capacity."},"request_id":"req_1"}\n\n',
    );
  });
});

describe('Anthropic Messages, errors', () => {
  const TYPES: Record<ErrorCode, string> = {
    invalid_request: 'invalid_request_error',
    context_length: 'invalid_request_error',
    content_filter: 'invalid_request_error',
    unsupported: 'invalid_request_error',
    tool_use_failed: 'invalid_request_error',
    authentication: 'authentication_error',
    billing: 'billing_error',
    budget: 'billing_error',
    permission: 'permission_error',
    not_found: 'not_found_error',
    conflict: 'conflict_error',
    too_large: 'request_too_large',
    rate_limit: 'rate_limit_error',
    overloaded: 'overloaded_error',
    timeout: 'timeout_error',
    server: 'api_error',
    connection: 'api_error',
    protocol: 'api_error',
    empty_response: 'api_error',
    stream_interrupted: 'api_error',
    aborted: 'api_error',
    configuration: 'api_error',
    internal: 'api_error',
  };

  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('name the type of %s', (code) => {
    const error = new InferwayError(code, { message: 'What and the cure.' });
    expect(anthropicMessages.encodeError(error, undefined)).toEqual({
      type: 'error',
      error: { type: TYPES[code], message: 'What and the cure.' },
      request_id: null,
    });
  });
});
