import {
  foldChat,
  InferwayError,
  messageText,
  messageToolCalls,
  type ChatEvent,
  type ChatResult,
  type Usage,
  type Warning,
} from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { openaiChat, type OpenAIChatDialect } from '../src/index.js';
import { decodeStream, wireOf } from './decode-stream.js';

interface Read {
  readonly result: ChatResult;
  readonly events: ChatEvent[];
  readonly usage: Usage | undefined;
  readonly warnings: Warning[];
  readonly code: string | undefined;
}

function read(payloads: readonly (string | object)[], dialect?: OpenAIChatDialect): Read {
  return readWire(wireOf(payloads), dialect);
}

function readWire(wire: string, dialect?: OpenAIChatDialect): Read {
  const { events, usage, warnings, error } = decodeStream(openaiChat, wire, dialect);
  if (error !== undefined) expect(error).toBeInstanceOf(InferwayError);
  const fold = foldChat();
  for (const event of events) fold.add(event);
  const code = (error as InferwayError | undefined)?.code;
  return { result: fold.result(), events, usage, warnings, code };
}

const chunk = (delta: object | null, more: object = {}): object => ({
  id: 'c1',
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
});
const finish = (reason: string): object => chunk({}, { finish_reason: reason });
const toolCall = (call: object): object => chunk({ tool_calls: [call] });
const calls = ({ result }: Read): [string, string, string][] =>
  messageToolCalls(result.message).map((call) => [call.id, call.name, call.arguments]);

describe('The end of a stream of Chat Completions', () => {
  const hello = chunk({ role: 'assistant', content: 'Hello' });

  it('is complete with [DONE], and with a finish reason alone', () => {
    for (const payloads of [
      [hello, finish('stop'), '[DONE]'],
      [hello, finish('stop')],
    ]) {
      const { result, code } = read(payloads);
      expect(code).toBeUndefined();
      expect(messageText(result.message)).toBe('Hello');
      expect(result.finishReason).toEqual({ unified: 'stop', raw: 'stop' });
    }
  });

  it('is complete but unknown where [DONE] came without a finish reason (F02)', () => {
    const { result, code, warnings } = read([hello, '[DONE]']);
    expect(code).toBeUndefined();
    expect(result.finishReason).toEqual({ unified: 'unknown' });
    expect(warnings).toMatchObject([{ type: 'other' }]);
  });

  it('is an interruption without either, and keeps the text so far (F01)', () => {
    const { code, result, events } = read([hello]);
    expect(code).toBe('stream_interrupted');
    expect(messageText(result.message)).toBe('Hello');
    expect(events.some(({ type }) => type === 'end')).toBe(false);
  });

  it('is an interruption where one of several answers has no finish reason', () => {
    const second = { id: 'c1', choices: [{ index: 1, delta: { content: 'x' } }] };
    expect(read([hello, second, finish('stop')]).code).toBe('stream_interrupted');
    expect(read([hello, second, finish('stop'), '[DONE]']).code).toBeUndefined();
  });

  it('is an interruption where only the role came, and an empty response with [DONE]', () => {
    const role = chunk({ role: 'assistant', content: '' });
    expect(read([role]).code).toBe('stream_interrupted');
    expect(read([role, '[DONE]']).code).toBe('empty_response');
    expect(read([role, finish('stop'), '[DONE]']).code).toBeUndefined();
  });

  it('is an empty response where nothing came (F13)', () => {
    expect(readWire('').code).toBe('empty_response');
    expect(readWire(': keep-alive\n\n').code).toBe('empty_response');
    expect(read(['[DONE]']).code).toBe('empty_response');
    expect(read([{ id: 'c1', choices: [], usage: { prompt_tokens: 1 } }, '[DONE]']).code).toBe(
      'empty_response',
    );
  });

  it('is where [DONE] stands: what follows is nobody’s (F15)', () => {
    const { result, code } = read([hello, finish('stop'), '[DONE]', chunk({ content: '!' }), '{']);
    expect(code).toBeUndefined();
    expect(messageText(result.message)).toBe('Hello');
  });

  it('may lack its blank line; an event cut in its JSON is an interruption (F04)', () => {
    const wire = wireOf([hello, finish('stop')]);
    expect(readWire(`${wire}data: [DONE]`).code).toBeUndefined();
    expect(readWire(wireOf([hello]) + wire.slice(0, 30)).code).toBe('stream_interrupted');
  });

  it('comes early with an error: as data, in a choice, by its event’s name, or as a flat error', () => {
    const failures = [
      wireOf([{ error: { message: 'overloaded', code: 503 } }]),
      wireOf([{ error: 'Input validation error', error_type: 'validation' }]),
      wireOf([chunk({ content: '' }, { finish_reason: 'error', error: { message: 'x' } })]),
      wireOf([
        {
          id: 'c1',
          error: { code: 'server_error' },
          choices: [{ index: 0, delta: {}, finish_reason: 'error' }],
        },
      ]),
      'event: error\ndata: {"message":"x"}\n\n',
      'event: error\ndata: not JSON\n\n',
      wireOf([{ object: 'error', message: 'x' }]),
    ];
    for (const failure of failures) {
      const { code, result } = readWire(wireOf([hello]) + failure);
      expect(code).toBe('server');
      expect(messageText(result.message)).toBe('Hello');
      expect(readWire(failure).code).toBe('server');
    }
  });

  it('is a protocol error for an event that is no JSON, whose text is told nowhere (F09)', () => {
    const { error } = decodeStream(openaiChat, wireOf([hello, '{"secret": prompt']));
    expect((error as InferwayError).code).toBe('protocol');
    expect(JSON.stringify(error) + String(error) + String((error as Error).cause)).not.toContain(
      'secret',
    );
  });
});

describe('Tool calls in a stream', () => {
  it('grow side by side and close when the next part begins', () => {
    const { result, events } = read([
      chunk({ content: 'I look.' }),
      toolCall({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }),
      toolCall({ index: 0, function: { arguments: '{"x"' } }),
      toolCall({ index: 0, function: { arguments: ':1}' } }),
      toolCall({ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } }),
      finish('tool_calls'),
      '[DONE]',
    ]);
    expect(calls({ result } as Read)).toEqual([
      ['a', 'f', '{"x":1}'],
      ['b', 'g', '{}'],
    ]);
    const order = events.map((event) => `${event.type}${'index' in event ? event.index : ''}`);
    expect(order.indexOf('part-end0')).toBeLessThan(order.indexOf('part-start1'));
    expect(order.indexOf('part-end1')).toBeLessThan(order.indexOf('part-start2'));
    expect(result.finishReason).toEqual({ unified: 'tool-calls', raw: 'tool_calls' });
  });

  it('are told apart when their deltas interleave', () => {
    const whole = read([
      toolCall({ index: 0, id: 'a', function: { name: 'f', arguments: '{"a"' } }),
      toolCall({ index: 1, id: 'b', function: { name: 'g', arguments: '{"b"' } }),
      toolCall({ index: 0, function: { arguments: ':1}' } }),
      toolCall({ index: 1, function: { arguments: ':2}' } }),
      finish('tool_calls'),
    ]);
    expect(calls(whole)).toEqual([
      ['a', 'f', '{"a":1}'],
      ['b', 'g', '{"b":2}'],
    ]);
  });

  it.each<[string, object[], [string, string][]]>([
    [
      'one index for all, each with its id',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"a":1}' } },
        { index: 0, id: 'b', function: { name: 'f', arguments: '{"a":2}' } },
      ],
      [
        ['f', '{"a":1}'],
        ['f', '{"a":2}'],
      ],
    ],
    [
      'one index for all and no ids',
      [
        { index: 0, function: { name: 'f', arguments: '{"a":1}' } },
        { index: 0, id: '', function: { name: 'g', arguments: '{"a":2}' } },
      ],
      [
        ['f', '{"a":1}'],
        ['g', '{"a":2}'],
      ],
    ],
    [
      'one index and one name for all and no ids',
      [
        { index: 0, function: { name: 'f', arguments: '{"a":1}' } },
        { index: 0, function: { name: 'f', arguments: '{"a":2}' } },
      ],
      [
        ['f', '{"a":1}'],
        ['f', '{"a":2}'],
      ],
    ],
    [
      'no index, in pieces',
      [
        { id: 'a', function: { name: 'f', arguments: '{"a"' } },
        { function: { arguments: ':1}' } },
        { id: 'b', function: { name: 'f', arguments: '' } },
        { id: 'b', function: { arguments: '{}' } },
      ],
      [
        ['f', '{"a":1}'],
        ['f', '{}'],
      ],
    ],
    [
      'neither index nor id, whole',
      [
        { function: { name: 'f', arguments: '{"a":1}' } },
        { function: { name: 'f', arguments: '{"a":2}' } },
      ],
      [
        ['f', '{"a":1}'],
        ['f', '{"a":2}'],
      ],
    ],
    [
      'id and name in every delta',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"a":{' } },
        { index: 0, id: 'a', function: { name: 'f', arguments: '}' } },
        { index: 0, id: 'a', function: { name: 'f', arguments: '}' } },
        { index: 0, id: 'a', function: { name: 'f', arguments: '' } },
      ],
      [['f', '{"a":{}}']],
    ],
    [
      'another id in every delta',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"a"' } },
        { index: 0, id: 'b', function: { arguments: ':1' } },
        { index: 0, id: 'c', function: { name: 'f', arguments: '}' } },
      ],
      [['f', '{"a":1}']],
    ],
    [
      'one id for two calls',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"a":1}' } },
        { index: 1, id: 'a', function: { name: 'f', arguments: '{"a":2}' } },
      ],
      [
        ['f', '{"a":1}'],
        ['f', '{"a":2}'],
      ],
    ],
    [
      'an index that does not begin at 0',
      [{ index: 3, id: 'a', function: { name: 'f', arguments: '{}' } }],
      [['f', '{}']],
    ],
    [
      'the name after the id, and arguments before the name',
      [
        { index: 0, id: 'a' },
        { index: 0, function: { arguments: '{"a"' } },
        { index: 0, function: { name: 'f' } },
        { index: 0, function: { arguments: ':1}' } },
      ],
      [['f', '{"a":1}']],
    ],
    [
      'arguments as an object',
      [{ index: 0, id: 'a', function: { name: 'f', arguments: { a: 1 } } }],
      [['f', '{"a":1}']],
    ],
    ['no arguments at all', [{ index: 0, id: 'a', function: { name: 'f' } }], [['f', '{}']]],
    [
      'an empty object first and the arguments after it',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } },
        { index: 0, function: { arguments: '{"a"' } },
        { index: 0, function: { arguments: ':1}' } },
      ],
      [['f', '{"a":1}']],
    ],
    [
      'braces and quotes within strings',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"a":"}\\"' } },
        { index: 0, function: { arguments: '}"}' } },
      ],
      [['f', '{"a":"}\\"}"}']],
    ],
  ])('with %s are separate and whole (F31)', (_how, deltas, expected) => {
    const whole = read([...deltas.map((delta) => toolCall(delta)), finish('tool_calls'), '[DONE]']);
    expect(calls(whole).map(([, name, text]) => [name, text])).toEqual(expected);
    const ids = calls(whole).map(([id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[\w-]{1,40}$/u);
  });

  it('are given once when a provider sends one twice (F32)', () => {
    const call = { id: 'a', function: { name: 'f', arguments: '{"a":1}' } };
    for (const [first, second] of [
      [
        { ...call, index: 0 },
        { ...call, index: 0 },
      ],
      [
        { ...call, index: 0 },
        { ...call, index: 1 },
      ],
      [call, call],
    ]) {
      const whole = read([toolCall(first ?? {}), toolCall(second ?? {}), finish('tool_calls')]);
      expect(calls(whole)).toEqual([['a', 'f', '{"a":1}']]);
      expect(whole.warnings).toHaveLength(1);
    }
  });

  it('that are cut are no calls: by the end of the bytes, by the length, without a finish reason (F03)', () => {
    const half = toolCall({
      index: 0,
      id: 'a',
      function: { name: 'f', arguments: '{"city":"Par' },
    });
    for (const payloads of [[half], [half, finish('length')], [half, '[DONE]']]) {
      const whole = read(payloads);
      expect(calls(whole)).toEqual([]);
      expect(whole.events.some(({ type }) => type === 'part-end')).toBe(false);
    }
    expect(read([half]).code).toBe('stream_interrupted');
    expect(read([half, finish('length')]).warnings).toHaveLength(1);
  });

  it('that the model wrote badly are given as they are, since it meant to call', () => {
    const bad = toolCall({ index: 0, id: 'a', function: { name: 'f', arguments: '{"a":' } });
    expect(calls(read([bad, finish('tool_calls')]))).toEqual([['a', 'f', '{"a":']]);
  });

  it('may be the deprecated function call', () => {
    const whole = read([
      chunk({ function_call: { name: 'f', arguments: '' } }),
      chunk({ function_call: { arguments: '{"a":1}' } }),
      finish('function_call'),
    ]);
    expect(calls(whole).map(([, name, text]) => [name, text])).toEqual([['f', '{"a":1}']]);
    expect(whole.result.finishReason).toEqual({ unified: 'tool-calls', raw: 'function_call' });
  });

  it('make the finish reason theirs also where the provider says stop', () => {
    const call = toolCall({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } });
    expect(read([call, finish('stop')]).result.finishReason).toEqual({
      unified: 'tool-calls',
      raw: 'stop',
    });
  });

  it('keep the signature that Gemini wants back', () => {
    const extra = { google: { thought_signature: 'abc' } };
    const whole = read([
      toolCall({
        index: 0,
        id: 'a',
        function: { name: 'f', arguments: '{}' },
        extra_content: extra,
      }),
      finish('tool_calls'),
    ]);
    expect(messageToolCalls(whole.result.message)[0]?.opaque).toEqual({
      format: 'openai-chat',
      value: extra,
    });
  });

  it('stay linear in the length of their arguments', () => {
    const first = toolCall({ index: 0, id: 'a', function: { name: 'f', arguments: '{"a":"' } });
    const piece = toolCall({ index: 0, id: 'a', function: { name: 'f', arguments: '}' } });
    const last = toolCall({ index: 0, function: { arguments: '"}' } });
    const many = Array.from({ length: 20_000 }, () => piece);
    const [call] = calls(read([first, ...many, last, finish('tool_calls')]));
    expect(call?.[2]).toHaveLength(20_000 + 8);
  });
});

describe('Drift in a stream of Chat Completions', () => {
  it('is read past: no choices, null choices, filter results first, unknown and non-object events', () => {
    const { result, code, events } = read([
      { id: '', model: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] },
      { id: 'c1', model: 'm', created: 5, choices: null },
      'null',
      '7',
      '"text"',
      chunk({ content: 'Hi', __proto__: { polluted: true } }),
      { id: 'c1', choices: ['x', null, { index: -1, delta: 'x' }, { index: 0.5, delta: null }] },
      chunk(null),
      finish('stop'),
      { id: 'c1', choices: [], usage: { prompt_tokens: 3, completion_tokens: 1 } },
      '[DONE]',
    ]);
    expect(code).toBeUndefined();
    expect(messageText(result.message)).toBe('Hi');
    expect(events[0]).toMatchObject({ type: 'start', id: 'c1', model: 'm', created: 5 });
    expect(result.passthrough?.fields).toEqual({ prompt_filter_results: [{ prompt_index: 0 }] });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('finds usage in the last content chunk, beside empty or null choices, in x_groq and in the choice (F17)', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 };
    const ways: object[][] = [
      [{ ...finish('stop'), usage }],
      [finish('stop'), { id: 'c1', choices: [], usage }],
      [finish('stop'), { id: 'c1', choices: null, usage }],
      [{ ...finish('stop'), x_groq: { id: 'r', usage } }],
      [chunk({}, { finish_reason: 'stop', usage })],
      [
        { ...chunk({ content: '!' }), usage: { prompt_tokens: 3, completion_tokens: 0 } },
        { ...finish('stop'), usage },
      ],
    ];
    for (const way of ways) {
      const { usage: read_, events } = read([chunk({ content: 'Hi' }), ...way, '[DONE]']);
      expect(read_).toEqual({ inputTokens: 3, outputTokens: 1, raw: usage });
      expect(events.at(-1)).toMatchObject({ type: 'end', usage: { inputTokens: 3 } });
    }
  });

  it('leaves usage undefined where none was reported, never 0 (F16)', () => {
    expect(read([chunk({ content: 'Hi' }), finish('stop')]).usage).toBeUndefined();
  });

  it('takes a repeated, empty or literal null finish reason for what it is', () => {
    const { result, events } = read([
      chunk({ content: 'a' }, { finish_reason: '' }),
      chunk({ content: 'b' }, { finish_reason: 'null' }),
      finish('length'),
      finish('length'),
      '[DONE]',
    ]);
    expect(messageText(result.message)).toBe('ab');
    expect(result.finishReason.unified).toBe('length');
    expect(events.filter(({ type }) => type === 'finish')).toHaveLength(1);
  });

  it.each([
    ['eos', 'stop'],
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['content_filter', 'content-filter'],
    ['insufficient_system_resource', 'error'],
    ['constructor', 'other'],
  ])('maps the finish reason %s to %s (F18)', (raw, unified) => {
    expect(read([chunk({ content: 'a' }), finish(raw)]).result.finishReason).toEqual({
      unified,
      raw,
    });
  });

  it('reads Mistral’s lists, whole messages in one event, and text beside the delta', () => {
    const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] };
    const { result } = read([
      chunk({ content: [thinking] }),
      chunk({
        content: [
          { type: 'text', text: 'Yes' },
          { type: 'reference', reference_ids: [1] },
        ],
      }),
      finish('stop'),
    ]);
    expect(result.message.content).toEqual([
      { type: 'reasoning', text: 'Hm' },
      { type: 'text', text: 'Yes' },
    ]);
    const message = { id: 'c1', choices: [{ message: { content: 'All' }, finish_reason: 'stop' }] };
    expect(messageText(read([message]).result.message)).toBe('All');
    const text = { id: 'c1', choices: [{ index: 0, text: 'Old', finish_reason: 'stop' }] };
    expect(messageText(read([text]).result.message)).toBe('Old');
  });

  it('reads reasoning in either field, once, and closes it before the text', () => {
    for (const field of ['reasoning_content', 'reasoning']) {
      const { result, events } = read([
        chunk({ role: 'assistant', content: '', [field]: 'Let' }),
        chunk({ content: null, [field]: ' me' }),
        chunk({ content: 'Yes', [field]: null }),
        finish('stop'),
      ]);
      expect(result.message.content).toEqual([
        { type: 'reasoning', text: 'Let me' },
        { type: 'text', text: 'Yes' },
      ]);
      const ended = events.findIndex(({ type }) => type === 'part-end');
      expect(events[ended + 1]).toMatchObject({ type: 'part-start', part: { type: 'text' } });
    }
    const both = read([chunk({ reasoning_content: 'A', reasoning: 'A' }), finish('stop')]);
    expect(both.result.message.content).toEqual([{ type: 'reasoning', text: 'A' }]);
  });

  it('gathers OpenRouter’s reasoning entries, to be sent back as they came', () => {
    const entry = (more: object): object => ({
      type: 'reasoning.text',
      format: 'f',
      index: 0,
      ...more,
    });
    const detailed = read([
      chunk({ reasoning: 'Let', reasoning_details: [entry({ text: 'Let' })] }),
      chunk({ reasoning: ' me', reasoning_details: [entry({ text: ' me' })] }),
      chunk({ reasoning_details: [entry({ signature: 'sig' })] }),
      chunk({ content: 'Yes' }),
      finish('stop'),
    ]);
    expect(detailed.result.message.content).toEqual([
      {
        type: 'reasoning',
        text: 'Let me',
        opaque: { format: 'openai-chat', value: [entry({ text: 'Let me', signature: 'sig' })] },
      },
      { type: 'text', text: 'Yes' },
    ]);
    const only = read([
      chunk({ reasoning_details: [entry({ text: 'Let' })] }),
      chunk({ reasoning_details: [entry({ text: ' me' })] }),
      chunk({ content: 'Yes' }),
      finish('stop'),
    ]);
    expect(only.result.message.content[0]).toMatchObject({ text: 'Let me' });
    const hidden = read([
      chunk({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'xyz' }] }),
      chunk({ content: 'Yes' }, { finish_reason: 'stop' }),
    ]);
    expect(hidden.result.message.content).toContainEqual(
      expect.objectContaining({ type: 'reasoning', text: '' }),
    );
  });

  it.each<[string[], string | undefined, string]>([
    [['<think>Hm', 'm</think>', '\n\nYes'], 'Hmm', 'Yes'],
    [['<', 'thi', 'nk>', 'Hm</', 'th', 'ink>Yes'], 'Hm', 'Yes'],
    [['\n <think>a</thin b</think> c'], 'a</thin b', 'c'],
    [['<think></think>Yes'], undefined, 'Yes'],
    [['<thin', 'king is fun'], undefined, '<thinking is fun'],
    [['Yes <think>no</think>'], undefined, 'Yes <think>no</think>'],
    [['<think>cut</thi'], 'cut</thi', ''],
  ])('finds the thinking in %j', (pieces, thought, text) => {
    const { result } = read([...pieces.map((content) => chunk({ content })), finish('stop')], {
      thinkTags: 'tags',
    });
    const [first] = result.message.content;
    expect(first?.type === 'reasoning' ? first.text : undefined).toBe(thought);
    expect(messageText(result.message)).toBe(text);
    const whole = openaiChat.decodeResponse(
      { choices: [{ message: { content: pieces.join('') }, finish_reason: 'stop' }] },
      {
        fail: () => new InferwayError('server', { message: '' }),
        warn: () => undefined,
        dialect: { thinkTags: 'tags' },
      },
    );
    expect(whole.result.message).toEqual(result.message);
  });

  it('takes a text whose opening tag stood in the prompt, and keeps tags where no dialect asks', () => {
    const pieces = ['Hm</th', 'ink>Yes'].map((content) => chunk({ content }));
    const { result } = read([...pieces, finish('stop')], { thinkTags: 'closing' });
    expect(result.message.content).toEqual([
      { type: 'reasoning', text: 'Hm' },
      { type: 'text', text: 'Yes' },
    ]);
    expect(messageText(read([...pieces, finish('stop')]).result.message)).toBe('Hm</think>Yes');
  });

  it('gathers streamed audio into one part, which may end without a finish reason', () => {
    const { result, code } = read([
      chunk({ audio: { id: 'a1', transcript: 'Hel' } }),
      chunk({ audio: { data: 'AAE=', transcript: 'lo' } }),
      chunk({ audio: { data: 'AgM=' } }),
      { id: 'c1', choices: [{ index: 0, delta: { audio: { expires_at: 9 } } }] },
    ]);
    expect(code).toBeUndefined();
    expect(result.finishReason.unified).toBe('stop');
    expect(result.message.content).toEqual([
      {
        type: 'audio',
        audio: { type: 'base64', data: 'AAECAw==', mediaType: 'audio/wav' },
        transcript: 'Hello',
        opaque: { format: 'openai-chat', value: { id: 'a1', expires_at: 9 } },
      },
    ]);
  });

  it('gives citations to the text: annotations, and Perplexity’s list of URLs once', () => {
    const url_citation = { url: 'https://a', title: 'A', start_index: 0, end_index: 2 };
    const annotated = read([
      chunk({ content: 'Hi' }),
      chunk({ annotations: [{ type: 'url_citation', url_citation }] }),
      finish('stop'),
    ]);
    expect(annotated.result.message.content).toEqual([
      { type: 'text', text: 'Hi', citations: [{ url: 'https://a', title: 'A', start: 0, end: 2 }] },
    ]);
    const citations = ['https://a', 'https://b'];
    const listed = read([
      { ...chunk({ content: 'Hi' }), citations },
      { ...finish('stop'), citations },
    ]);
    expect(listed.result.message.content).toEqual([
      { type: 'text', text: 'Hi', citations: [{ url: 'https://a' }, { url: 'https://b' }] },
    ]);
    const ended = listed.events.findIndex(({ type }) => type === 'part-end');
    expect(listed.events.findLastIndex(({ type }) => type === 'citation')).toBeLessThan(ended);
  });

  it('keeps the log probabilities of tokens', () => {
    const logprobs = {
      content: [{ token: 'Hi', logprob: -0.5, bytes: [72, 105], top_logprobs: [] }],
    };
    const { result } = read([chunk({ content: 'Hi' }, { logprobs }), finish('stop')]);
    expect(result.logprobs).toEqual([{ token: 'Hi', logprob: -0.5, bytes: [72, 105] }]);
  });
});
