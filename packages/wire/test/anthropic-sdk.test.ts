import Anthropic from '@anthropic-ai/sdk';
import {
  InferwayError,
  unfoldChat,
  type ChatRequest,
  type ChatResult,
  type Usage,
} from '@inferway/core';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anthropicMessages } from '../src/index.js';

/** A server of our doors alone, driven by the unmodified official client. */
let server: Server;
let client: Anthropic;
let answer: { result: ChatResult; usage?: Usage } | { failAfter: number; result: ChatResult };
let seen: ChatRequest;

beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const as = { id: 'msg_ours', model: 'shown', created: 0 };
      const json = (status: number, body: unknown): void => {
        outgoing.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_1' });
        outgoing.end(JSON.stringify(body));
      };
      try {
        const decoded = anthropicMessages.decodeRequest(
          JSON.parse(Buffer.concat(chunks).toString()),
        );
        seen = decoded.request;
        if (!decoded.stream) {
          json(200, anthropicMessages.encodeResponse(answer, as));
          return;
        }
        const encoder = anthropicMessages.streamEncoder(as);
        outgoing.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_1' });
        const events = unfoldChat(answer.result, 'usage' in answer ? answer.usage : undefined);
        if ('failAfter' in answer) {
          outgoing.write(encoder.encode(events.slice(0, answer.failAfter)));
          const error = new InferwayError('overloaded', { message: 'No capacity.' });
          outgoing.end(encoder.fail(error, 'req_1'));
          return;
        }
        for (const event of events) outgoing.write(encoder.encode([event]));
        outgoing.end();
      } catch (reason) {
        const error = InferwayError.from(reason);
        json(error.httpStatus, anthropicMessages.encodeError(error, 'req_1'));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = new Anthropic({ apiKey: 'none', baseURL: `http://127.0.0.1:${port}`, maxRetries: 0 });
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

const result: ChatResult = {
  id: 'msg_1',
  model: 'a-model',
  message: {
    role: 'assistant',
    content: [
      {
        type: 'reasoning',
        text: 'Two cities.',
        opaque: { format: 'anthropic-messages', value: { signature: 'c2ln' } },
      },
      {
        type: 'reasoning',
        text: '',
        opaque: { format: 'anthropic-messages', value: { data: 'ZW5j' } },
      },
      { type: 'text', text: 'Looking “both” up 🌦️' },
      {
        type: 'provider',
        format: 'anthropic-messages',
        kind: 'server_tool_use',
        value: { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'x' } },
      },
      { type: 'tool-call', id: 'toolu_1', name: 'weather', arguments: '{"city":"Oslo"}' },
      { type: 'tool-call', id: 'toolu_2', name: 'weather', arguments: '{"city":"Bergen"}' },
      { type: 'tool-call', id: 'toolu_3', name: 'now', arguments: '{}' },
    ],
  },
  finishReason: { unified: 'tool-calls', raw: 'tool_use' },
};

const usage: Usage = {
  inputTokens: 100,
  outputTokens: 50,
  cacheReadTokens: 60,
  cacheWriteTokens: 30,
  cacheWrite1hTokens: 10,
  reasoningTokens: 20,
};

const content = [
  { type: 'thinking', thinking: 'Two cities.', signature: 'c2ln' },
  { type: 'redacted_thinking', data: 'ZW5j' },
  { type: 'text', text: 'Looking “both” up 🌦️' },
  { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'x' } },
  { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Oslo' } },
  { type: 'tool_use', id: 'toolu_2', name: 'weather', input: { city: 'Bergen' } },
  { type: 'tool_use', id: 'toolu_3', name: 'now', input: {} },
];

const ask: Anthropic.MessageCreateParamsNonStreaming = {
  model: 'a-model',
  max_tokens: 2000,
  thinking: { type: 'adaptive' },
  system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
  tools: [
    { name: 'weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } },
  ],
  messages: [{ role: 'user', content: 'Weather in Oslo and Bergen?' }],
};

describe('The official Anthropic client against our doors', () => {
  it('gets a message with thinking, text and parallel tool calls, and exclusive token counts', async () => {
    answer = { result, usage };
    const message = await client.messages.create(ask);
    expect(message.content).toEqual(content);
    expect(message.stop_reason).toBe('tool_use');
    expect(message.usage).toMatchObject({
      input_tokens: 10,
      cache_read_input_tokens: 60,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 20 },
    });
    expect(seen.messages[0]).toMatchObject({ content: [{ cache: { ttl: '1h' } }] });
    expect(seen.reasoning).toEqual({});
  });

  it('gets the same message from the stream, by the helper and by the raw events', async () => {
    answer = { result, usage };
    const stream = client.messages.stream(ask);
    const deltas: string[] = [];
    stream.on('text', (delta) => deltas.push(delta));
    const message = await stream.finalMessage();
    expect(message.content).toEqual(content);
    expect(message.id).toBe('msg_1');
    expect(message.stop_reason).toBe('tool_use');
    expect(message.usage).toMatchObject({
      input_tokens: 10,
      cache_read_input_tokens: 60,
      cache_creation_input_tokens: 30,
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 20 },
    });
    expect(deltas.join('')).toBe('Looking “both” up 🌦️');
    const types: string[] = [];
    for await (const event of await client.messages.create({ ...ask, stream: true }))
      types.push(event.type);
    expect(types[0]).toBe('message_start');
    expect(types.slice(-2)).toEqual(['message_delta', 'message_stop']);
  });

  it('sends an answer back, and every block is what it was', async () => {
    answer = { result, usage };
    const message = await client.messages.create(ask);
    await client.messages.create({
      ...ask,
      messages: [
        ...ask.messages,
        { role: 'assistant', content: message.content },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: 'rain' },
            { type: 'tool_result', tool_use_id: 'toolu_2', content: 'sun', is_error: false },
            { type: 'tool_result', tool_use_id: 'toolu_3', content: [{ type: 'text', text: '9' }] },
          ],
        },
      ],
    });
    expect(seen.messages[2]).toEqual(result.message);
    expect(seen.messages[3]).toMatchObject({
      role: 'tool',
      content: [{ id: 'toolu_1' }, { id: 'toolu_2', isError: false }, { id: 'toolu_3' }],
    });
  });

  it('gets a typed error for a wrong request and for a stream that fails after it began', async () => {
    answer = { result, usage };
    const wrong = client.messages.create({ ...ask, max_tokens: -1 });
    await expect(wrong).rejects.toBeInstanceOf(Anthropic.BadRequestError);
    await expect(wrong).rejects.toMatchObject({
      type: 'invalid_request_error',
      requestID: 'req_1',
    });
    answer = { result, failAfter: 6 };
    const stream = client.messages.stream(ask);
    await expect(stream.finalMessage()).rejects.toMatchObject({ type: 'overloaded_error' });
  });
});
