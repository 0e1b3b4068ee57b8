import type { ChatRequest, JsonObject, Message, OutputFormat } from '@inferway/core';
import type { EncodeTarget } from '../format.js';
import { defined } from '../json-body.js';
import type { OpenAIChatDialect } from './dialect.js';

/** The messages, after those of the system with the schema that the answer is to fit, where the server cannot hold it to one. */
export function messagesWithSchema(
  { messages, output }: ChatRequest,
  { dialect }: EncodeTarget<OpenAIChatDialect>,
): readonly Message[] {
  if (output?.type !== 'json-schema' || dialect?.jsonSchema !== 'json-object') return messages;
  const first = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer');
  const at = first === -1 ? messages.length : first;
  const content = `Answer with JSON alone, which fits this JSON Schema: ${JSON.stringify(output.schema)}`;
  return [...messages.slice(0, at), { role: 'system', content }, ...messages.slice(at)];
}

/** `response_format` in the form that the server knows. */
export function encodeOutput(
  output: OutputFormat,
  to: EncodeTarget<OpenAIChatDialect>,
): JsonObject {
  if (output.type === 'text') return { type: 'text' };
  if (output.type === 'json') return { type: 'json_object' };
  const { schema, name, description, strict } = output;
  switch (to.dialect?.jsonSchema) {
    case 'flat': {
      return { type: 'json_schema', schema };
    }
    case 'json-object': {
      to.warn({
        type: 'changed',
        setting: 'output',
        message: `${to.provider} cannot hold "${to.model}" to a schema, so JSON was asked for and the schema said in a system message. Check the answer.`,
      });
      return { type: 'json_object' };
    }
    default: {
      // A name is required there; clients that need one see nothing of ours.
      const named = defined({ name: name ?? 'answer', description, schema, strict });
      return to.dialect?.jsonSchema === 'both'
        ? { type: 'json_schema', json_schema: named, schema }
        : { type: 'json_schema', json_schema: named };
    }
  }
}
