import type { ChatRequest, JsonObject, OutputFormat, Tool } from '@inferway/core';
import { unsupported } from '../dropped.js';
import type { EncodeTarget } from '../format.js';
import { defined } from '../json-body.js';
import { OPENAI_RESPONSES, ownValue, type OpenAIResponsesDialect } from './dialect.js';

/** `tools`; undefined where none of them can be sent. */
export function encodeTools(
  tools: readonly Tool[],
  to: EncodeTarget<OpenAIResponsesDialect>,
): JsonObject[] | undefined {
  const encoded = tools
    .map((tool, index) => encodeTool(tool, index, to))
    .filter((tool) => tool !== undefined);
  return encoded.length === 0 ? undefined : encoded;
}

function encodeTool(
  tool: Tool,
  index: number,
  to: EncodeTarget<OpenAIResponsesDialect>,
): JsonObject | undefined {
  if (tool.type === 'provider') {
    if (tool.format === OPENAI_RESPONSES) return tool.value;
    to.warn(unsupported(`tools[${index}]`, `it is a tool of ${tool.format}`));
    return undefined;
  }
  const { name, description, parameters, strict, opaque } = tool;
  return {
    type: 'function',
    ...defined({ name, description }),
    parameters: parameters ?? null,
    // Without a word this API makes a schema strict, and all its members required, which no other does.
    strict: strict ?? false,
    ...ownValue(opaque),
  };
}

export function encodeToolChoice(
  choice: NonNullable<ChatRequest['toolChoice']>,
): string | JsonObject {
  return typeof choice === 'string' ? choice : { type: 'function', name: choice.name };
}

/** `text.format`. */
export function encodeOutput(output: OutputFormat): JsonObject {
  if (output.type === 'text') return { type: 'text' };
  if (output.type === 'json') return { type: 'json_object' };
  const { schema, name, description, strict } = output;
  // A name is required there; clients that need one see nothing of ours.
  return defined({ type: 'json_schema', name: name ?? 'answer', description, schema, strict });
}
