import type { JsonObject, Message, Warning } from '@inferway/core';
import { expect, test } from 'vitest';
import { openaiChat } from '../src/index.js';

const schema = { type: 'object', properties: { city: { type: 'string' } } };
const output = { type: 'json-schema', schema, name: 'place' } as const;

function encode(messages: readonly Message[]): { sent: JsonObject[]; warnings: Warning[] } {
  const warnings: Warning[] = [];
  const body = openaiChat.encodeRequest(
    { messages, output },
    {
      model: 'm',
      stream: false,
      provider: 'acme',
      dialect: { jsonSchema: 'json-object' },
      warn: (warning) => {
        warnings.push(warning);
      },
    },
  );
  expect(body['response_format']).toEqual({ type: 'json_object' });
  return { sent: body['messages'] as JsonObject[], warnings };
}

test('a schema that the server cannot hold an answer to is said in a system message', () => {
  const content = `Answer with JSON alone, which fits this JSON Schema: ${JSON.stringify(schema)}`;
  const said = { role: 'system', content };
  const user: Message = { role: 'user', content: 'Hi' };
  const system: Message = { role: 'system', content: 'Be brief.' };
  expect(encode([user]).sent).toEqual([said, user]);
  expect(encode([system, user]).sent).toEqual([system, said, user]);
  expect(encode([system]).sent).toEqual([system, said]);
  const [warning] = encode([user]).warnings;
  expect(warning).toMatchObject({ type: 'changed', setting: 'output' });
  expect(warning?.message).toContain('"m"');
});
