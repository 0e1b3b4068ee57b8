import { createClient, type ChatRequest, type FinishReason } from '@inferway/core';
import { fakeProvider, say } from '@inferway/core/testing';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { errorOf } from './helpers.js';

const messages = [{ role: 'user', content: 'Ada, 36' }] as const;
const model = 'fake/m';

function setUp(answer: string, finishReason?: FinishReason['unified']) {
  const provider = fakeProvider({ script: say(answer, { finishReason }) });
  const client = createClient({ providers: [provider] });
  return { client, request: () => provider.attempts[0]?.call.request as ChatRequest };
}

const ada = '{"name":"Ada","age":36}';
const jsonSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'number' } },
  required: ['name', 'age'],
} as const;
const schemas = {
  zod: z.object({ name: z.string(), age: z.number() }),
  arktype: type({ name: 'string', age: 'number' }),
  valibot: { schema: v.object({ name: v.string(), age: v.number() }), jsonSchema },
} as const;

describe.each(Object.entries(schemas))('a schema of %s', (_library, output) => {
  test('travels as JSON Schema, and the answer comes back parsed, in both shapes', async () => {
    const { client, request } = setUp(ada);
    const answer = await client.chat({ model, messages, output });
    expect(answer.parsed).toEqual({ name: 'Ada', age: 36 });
    const { properties } = jsonSchema;
    expect(request().output).toMatchObject({
      type: 'json-schema',
      schema: { type: 'object', properties, required: expect.arrayContaining(['name', 'age']) },
    });
    const stream = await client.chat.stream({ model, messages, output });
    expect((await stream.result).parsed).toEqual({ name: 'Ada', age: 36 });
  });

  test('refuses an answer that does not fit, says where, and keeps the answer', async () => {
    const { client } = setUp('{"name":"Ada","age":"old"}');
    const error = await errorOf(client.chat({ model, messages, output }));
    expect(error).toMatchObject({ code: 'protocol', retryable: false, fallbackable: false });
    expect(error.message).toContain('age');
    expect(error.message).not.toContain('old');
    expect(error.partial).toMatchObject({ message: { content: [{ type: 'text' }] } });
  });
});

test('a schema gives its values their types: a transform is applied', async () => {
  const { client } = setUp('{"at":"2026-11-21"}');
  const output = z.object({ at: z.string().transform((text) => new Date(text).getUTCFullYear()) });
  const { parsed } = await client.chat({
    model,
    messages,
    output: { schema: output, name: 'date' },
  });
  expect(parsed).toEqual({ at: 2026 });
});

test('a library that cannot write JSON Schema is told how to help itself, before anything is sent', async () => {
  const { client, request } = setUp(ada);
  const error = await errorOf(
    client.chat({ model, messages, output: v.object({ name: v.string() }) }),
  );
  expect(error).toMatchObject({ code: 'configuration', param: 'output' });
  expect(error.message).toContain('valibot');
  expect(request()).toBeUndefined();
});

describe('JSON without a schema', () => {
  test('is parsed', async () => {
    const { client, request } = setUp('[1, 2]');
    expect((await client.chat({ model, messages, output: 'json' })).parsed).toEqual([1, 2]);
    expect(request().output).toEqual({ type: 'json' });
  });

  test('that is none is an error without the text in it', async () => {
    const { client } = setUp('Sure! Here is your secret JSON');
    const error = await errorOf(client.chat({ model, messages, output: 'json' }));
    expect(error.code).toBe('protocol');
    expect(error.message).not.toContain('secret');
  });
});

test.each(['length', 'tool-calls', 'content-filter'] as const)(
  'an answer that stopped for %s is not parsed: its finish reason says why',
  async (finish) => {
    const { client } = setUp('{"name":"A', finish);
    const answer = await client.chat({ model, messages, output: schemas.zod });
    expect(answer.parsed).toBeUndefined();
    expect(answer.finishReason.unified).toBe(finish);
  },
);

test('text has nothing to parse', async () => {
  const { client } = setUp('plain');
  const answer = await client.chat({ model, messages, output: 'text' });
  expect('parsed' in answer).toBe(false);
});

test('the parameters of tools may be schemas, and reasoning one word', async () => {
  const { client, request } = setUp('ok');
  await client.chat({
    model,
    messages,
    reasoning: 'high',
    tools: [
      { name: 'save', description: 'saves', parameters: schemas.zod },
      { name: 'plain', parameters: { type: 'object' } },
      { name: 'none' },
      { type: 'provider', format: 'anthropic-messages', value: { type: 'web_search' } },
    ],
  });
  expect(request()).toMatchObject({
    reasoning: { effort: 'high' },
    tools: [
      { name: 'save', description: 'saves', parameters: jsonSchema },
      { name: 'plain', parameters: { type: 'object' } },
      { name: 'none' },
      { type: 'provider', format: 'anthropic-messages', value: { type: 'web_search' } },
    ],
  });
  expect(request().tools?.[2]).not.toHaveProperty('parameters');
});

test('a tool whose schema cannot be written is named', async () => {
  const { client } = setUp('ok');
  const tools = [{ name: 'a' }, { name: 'b', parameters: v.object({}) }];
  const error = await errorOf(client.chat({ model, messages, tools }));
  expect(error.param).toBe('tools[1].parameters');
});

test('what a call answers can be sent back as it is', async () => {
  const { client, request } = setUp('first');
  const { message } = await client.chat({ model, messages });
  await client.chat({ model, messages: [...messages, message] });
  expect(request().messages).toEqual(messages);
  expect(message).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'first' }] });
});
