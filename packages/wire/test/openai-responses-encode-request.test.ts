import {
  InferwayError,
  type AssistantPart,
  type ChatRequest,
  type JsonObject,
  type Message,
  type Warning,
} from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { openaiInputTokens, openaiResponses, type OpenAIResponsesDialect } from '../src/index.js';

const user: Message = { role: 'user', content: 'Hi' };

function encoded(
  request: Partial<ChatRequest>,
  dialect?: OpenAIResponsesDialect,
): { body: JsonObject; input: JsonObject[]; warned: (string | undefined)[] } {
  const warnings: Warning[] = [];
  const body = openaiResponses.encodeRequest(
    { messages: [user], ...request },
    {
      model: 'm',
      stream: false,
      provider: 'p',
      dialect,
      warn: (warning) => {
        warnings.push(warning);
      },
    },
  );
  return {
    body,
    input: body['input'] as JsonObject[],
    warned: warnings.map(({ setting }) => setting),
  };
}

function own(value: JsonObject): { format: string; value: JsonObject } {
  return { format: 'openai-responses', value };
}

function assistant(...content: AssistantPart[]): Message[] {
  return [user, { role: 'assistant', content }, user];
}

const reasoning = {
  type: 'reasoning' as const,
  text: 'So.',
  opaque: own({ id: 'rs_1', encrypted_content: 'gAAAA' }),
};
const said = { type: 'text' as const, text: 'Hello', opaque: own({ id: 'msg_1' }) };
const foreign = {
  type: 'reasoning' as const,
  text: 'Hm.',
  opaque: { format: 'anthropic-messages', value: { signature: 's' } },
};

describe('What an earlier answer is sent back as', () => {
  it('has ids together with its reasoning, and none without it', () => {
    expect(encoded({ messages: assistant(reasoning, said) }).input.slice(1, -1)).toEqual([
      {
        id: 'rs_1',
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: 'So.' }],
        encrypted_content: 'gAAAA',
      },
      {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
      },
    ]);
    const { input, warned } = encoded({ messages: assistant(said) });
    expect(input[1]).toEqual({ type: 'message', role: 'assistant', content: 'Hello' });
    expect(warned).toEqual([]);
  });

  it('keeps the phase of a message also where it has no id', () => {
    const phased = { ...said, opaque: own({ id: 'msg_1', phase: 'commentary' }) };
    const { input } = encoded({ messages: assistant(phased) });
    expect(input[1]).toMatchObject({ phase: 'commentary' });
    expect(input[1]).not.toHaveProperty('id');
  });

  it('has no reasoning that would be looked up or was signed by others, with a warning', () => {
    const stored = { ...reasoning, opaque: own({ id: 'rs_1' }) };
    for (const part of [stored, foreign, { type: 'reasoning' as const, text: 'Bare.' }]) {
      const { input, warned } = encoded({ messages: assistant(part, said) });
      expect(input.map(({ type }) => type)).toEqual(['message', 'message', 'message']);
      expect(warned).toEqual(['messages[1].content[0]']);
    }
  });

  it('has no reasoning of an answer that was cut within it, since something must follow', () => {
    const { input, warned } = encoded({ messages: assistant(said, reasoning, reasoning) });
    expect(input.map(({ type }) => type)).toEqual(['message', 'message', 'message']);
    expect(warned).toEqual(['messages[1].content[2]']);
    const kept = encoded({ messages: assistant(reasoning, reasoning, said) });
    expect(kept.input.map(({ type }) => type).slice(1, 3)).toEqual(['reasoning', 'reasoning']);
    expect(kept.warned).toEqual([]);
  });

  it('has all reasoning as words, for engines that keep no state', () => {
    const shown = { ...reasoning, opaque: own({ id: 'rs_2', summary: [] }) };
    const { input, warned } = encoded(
      { messages: assistant(foreign, shown, reasoning, said) },
      { reasoningInput: 'text' },
    );
    const content = (text: string): object[] => [{ type: 'reasoning_text', text }];
    const id = expect.stringMatching(/^rs_/u) as string;
    expect(input.slice(1, 4)).toEqual([
      { id, type: 'reasoning', summary: [], content: content('Hm.') },
      { id: 'rs_2', type: 'reasoning', summary: [], content: content('So.') },
      // What others encrypted is read by nobody else.
      { id, type: 'reasoning', summary: [], content: content('So.') },
    ]);
    expect(warned).toEqual([]);
  });

  it('keeps the provider’s own items in their places and leaves others’ out', () => {
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' };
    const { input, warned } = encoded({
      messages: assistant(
        { type: 'provider', format: 'openai-responses', kind: 'web_search_call', value: search },
        said,
        { type: 'provider', format: 'anthropic-messages', kind: 'x', value: {} },
        { type: 'refusal', text: 'No.' },
        { type: 'audio', audio: { type: 'file-id', id: 'a' }, transcript: 'Spoken.' },
        { type: 'image', image: { type: 'url', url: 'u' } },
        { type: 'text', text: '' },
      ),
    });
    expect(input.slice(1, -1)).toEqual([
      search,
      { type: 'message', role: 'assistant', content: 'Hello' },
      { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      { type: 'message', role: 'assistant', content: 'Spoken.' },
    ]);
    expect(warned).toEqual(['messages[1].content[2]', 'messages[1].content[5]']);
  });
});

describe('A request', () => {
  it('says what users send: texts, images, files, items of their own', () => {
    const { input } = encoded({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look', cache: { ttl: '1h' } },
            { type: 'image', image: { type: 'url', url: 'https://a.example/b' } },
            { type: 'image', image: { type: 'file-id', id: 'file-1' }, detail: 'low' },
            { type: 'file', file: { type: 'text', text: 'a' } },
            { type: 'file', file: { type: 'url', url: 'https://a.example/c.pdf' } },
            { type: 'file', file: { type: 'base64', data: 'AAAA', mediaType: 'application/pdf' } },
            {
              type: 'provider',
              format: 'openai-responses',
              kind: 'mcp_approval_response',
              value: { type: 'mcp_approval_response', approve: true },
            },
            { type: 'text', text: 'Go' },
          ],
        },
      ],
    });
    expect(input).toEqual([
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'Look' },
          { type: 'input_image', detail: 'auto', image_url: 'https://a.example/b' },
          { type: 'input_image', detail: 'low', file_id: 'file-1' },
          { type: 'input_file', filename: 'file.txt', file_data: 'data:text/plain;base64,YQ==' },
          { type: 'input_file', file_url: 'https://a.example/c.pdf' },
          {
            type: 'input_file',
            filename: 'file.pdf',
            file_data: 'data:application/pdf;base64,AAAA',
          },
        ],
      },
      { type: 'mcp_approval_response', approve: true },
      { type: 'message', role: 'user', content: 'Go' },
    ]);
  });

  it('refuses sound, and says that another target may hear', () => {
    const audio = { type: 'base64' as const, data: 'AAAA', mediaType: 'audio/wav' };
    const encode = (): unknown =>
      encoded({ messages: [{ role: 'user', content: [{ type: 'audio', audio }] }] });
    expect(encode).toThrow(InferwayError);
    try {
      encode();
    } catch (error) {
      expect(error).toMatchObject({
        code: 'invalid_request',
        param: 'messages[0].content[0]',
        fallbackable: true,
      });
    }
  });

  it('answers functions and custom tools in the items that each has', () => {
    const custom = { type: 'custom_tool_call', call_id: 'c1', name: 'sql', input: 'SELECT' };
    const { input, warned } = encoded({
      messages: [
        {
          role: 'assistant',
          content: [
            { type: 'tool-call', id: 'call_1', name: 'f', arguments: '{}' },
            {
              type: 'provider',
              format: 'openai-responses',
              kind: 'custom_tool_call',
              value: custom,
            },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              id: 'call_1',
              isError: true,
              content: [
                { type: 'text', text: 'See' },
                { type: 'image', image: { type: 'base64', data: 'AAAA', mediaType: 'image/png' } },
              ],
            },
            { type: 'tool-result', id: 'c1', content: '1' },
          ],
        },
      ],
    });
    expect(input).toEqual([
      { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
      custom,
      {
        type: 'function_call_output',
        call_id: 'call_1',
        output: [
          { type: 'input_text', text: 'See' },
          { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,AAAA' },
        ],
      },
      { type: 'custom_tool_call_output', call_id: 'c1', output: '1' },
    ]);
    expect(warned).toEqual(['messages[1].content[0].isError']);
  });

  it('says of a function that it is not strict, unless it is or its caller left that open', () => {
    const { body } = encoded({
      tools: [
        { name: 'a', parameters: { type: 'object' } },
        { name: 'b', strict: true },
        { name: 'c', opaque: own({ strict: null, defer_loading: true }) },
        { type: 'provider', format: 'openai-responses', value: { type: 'web_search' } },
        { type: 'provider', format: 'anthropic-messages', value: { type: 'bash' } },
      ],
      toolChoice: { name: 'a' },
      parallelToolCalls: false,
    });
    expect(body).toMatchObject({
      tools: [
        { type: 'function', name: 'a', parameters: { type: 'object' }, strict: false },
        { type: 'function', name: 'b', parameters: null, strict: true },
        { type: 'function', name: 'c', strict: null, defer_loading: true },
        { type: 'web_search' },
      ],
      tool_choice: { type: 'function', name: 'a' },
      parallel_tool_calls: false,
    });
  });

  it('drops what the API has not, with a warning, and sends what a dialect takes', () => {
    const settings = { temperature: 1, topP: 0.5, seed: 1, stop: ['x'], topK: 3, choices: 2 };
    const plain = encoded(settings);
    expect(plain.body).toMatchObject({ temperature: 1, top_p: 0.5 });
    expect(plain.warned).toEqual(['topK', 'seed', 'stop', 'choices']);
    const engine = encoded(settings, { sampling: ['topK', 'seed'], unsupported: ['topP'] });
    expect(engine.body).toMatchObject({ temperature: 1, top_k: 3, seed: 1 });
    expect(engine.body).not.toHaveProperty('top_p');
    expect(engine.warned).toEqual(['topP', 'stop', 'choices']);
    expect(encoded({ choices: 1 }).warned).toEqual([]);
  });

  it('asks for no fewer tokens than are taken', () => {
    expect(encoded({ maxOutputTokens: 5 }, { minOutputTokens: 16 })).toMatchObject({
      body: { max_output_tokens: 16 },
      warned: ['maxOutputTokens'],
    });
    expect(encoded({ maxOutputTokens: 16 }, { minOutputTokens: 16 }).warned).toEqual([]);
    expect(encoded({ maxOutputTokens: 5 }).body).toMatchObject({ max_output_tokens: 5 });
  });

  it('asks for reasoning in the efforts that are known', () => {
    expect(encoded({ reasoning: { effort: 'max' } }, { efforts: ['low', 'high'] })).toMatchObject({
      body: { reasoning: { effort: 'high' } },
      warned: ['reasoning.effort'],
    });
    expect(encoded({ reasoning: { maxTokens: 4000 } })).toMatchObject({
      body: { reasoning: { effort: 'low' } },
      warned: ['reasoning.maxTokens'],
    });
    expect(encoded({ reasoning: {} }).body).toMatchObject({ reasoning: {} });
  });

  it('merges own options beside what stands there', () => {
    const options = { text: { verbosity: 'low' }, reasoning: { summary: 'auto' }, include: ['x'] };
    const { body } = encoded(
      {
        output: { type: 'json' },
        reasoning: { effort: 'low' },
        logprobs: 2,
        providerOptions: { p: options, q: { never: true } },
      },
      { encryptedReasoning: true, store: false },
    );
    expect(body).toMatchObject({
      text: { format: { type: 'json_object' }, verbosity: 'low' },
      reasoning: { effort: 'low', summary: 'auto' },
      include: ['reasoning.encrypted_content', 'message.output_text.logprobs', 'x'],
      top_logprobs: 2,
      store: false,
    });
    expect(body).not.toHaveProperty('never');
  });

  it('warns of fields and names that it cannot say', () => {
    const passthrough = { format: 'openai-chat', fields: { logit_bias: {} } };
    const named: Message = { role: 'user', content: 'Hi', name: 'Ann' };
    const { warned } = encoded({ passthrough, messages: [named] });
    expect(warned).toEqual(['messages[0].name', 'logit_bias']);
  });

  it('is counted by what its input is alone, and warns of nothing else', () => {
    const warnings: Warning[] = [];
    const to = {
      model: 'm',
      stream: true,
      provider: 'p',
      warn: (one: Warning) => warnings.push(one),
    };
    const body = openaiInputTokens.encodeRequest(
      { messages: [user], stop: ['x'], temperature: 1, reasoning: { effort: 'low' } },
      { ...to, dialect: { store: false, encryptedReasoning: true } },
    );
    expect(body).toEqual({
      model: 'm',
      input: [{ type: 'message', role: 'user', content: 'Hi' }],
      reasoning: { effort: 'low' },
    });
    expect(warnings).toEqual([]);
    expect(
      openaiInputTokens.decodeResponse(
        { object: 'response.input_tokens', input_tokens: 7 },
        { fail: () => new InferwayError('server', { message: 'no' }), warn: () => undefined },
      ),
    ).toEqual({ result: { inputTokens: 7 } });
  });
});
