import type { JsonObject, OutputFormat, Tool, ToolChoice } from '@inferway/core';
import type { Fields } from '../checks.js';
import { defined, otherFields, type JsonBody } from '../json-body.js';
import { keep, OPENAI_RESPONSES } from './dialect.js';

const FUNCTION: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'parameters',
  'strict',
]);

/** `tools`: functions, and the provider's own as they are. */
export function decodeTools(fields: Fields): Tool[] | undefined {
  return fields.fieldsList('tools')?.map((tool) => decodeTool(tool));
}

function decodeTool(tool: Fields): Tool {
  if (tool.requiredString('type') !== 'function') {
    return { type: 'provider', format: OPENAI_RESPONSES, value: tool.object };
  }
  const name = tool.requiredString('name');
  if (name === '') tool.refuse('name', 'must not be empty.');
  const strict = tool.boolean('strict');
  const kept: JsonBody = { ...otherFields(tool.object, FUNCTION) };
  // Not to say it is a third thing in this API, which makes strict what can be.
  if (strict === undefined) kept['strict'] = null;
  return defined({
    name,
    description: tool.string('description'),
    parameters: tool.json('parameters'),
    strict,
    ...keep(kept),
  });
}

/** `tool_choice`. Forms that only this protocol knows (`allowed_tools`, a tool of the provider's own) are passed through. */
export function decodeToolChoice(
  fields: Fields,
): { toolChoice?: ToolChoice; passthrough?: JsonObject } | undefined {
  const value = fields.value('tool_choice');
  if (value === undefined) return undefined;
  if (typeof value === 'string') {
    return { toolChoice: fields.requiredOneOf('tool_choice', ['auto', 'none', 'required']) };
  }
  const choice = fields.requiredFields('tool_choice');
  if (choice.requiredString('type') !== 'function') {
    return { passthrough: { tool_choice: choice.object } };
  }
  return { toolChoice: { name: choice.requiredString('name') } };
}

/** `text.format`. */
export function decodeOutput(text: Fields | undefined): OutputFormat | undefined {
  const format = text?.fields('format');
  if (format === undefined) return undefined;
  const type = format.requiredOneOf('type', ['text', 'json_object', 'json_schema']);
  if (type === 'text') return { type: 'text' };
  if (type === 'json_object') return { type: 'json' };
  return defined({
    type: 'json-schema' as const,
    schema: format.requiredFields('schema').object,
    name: format.requiredString('name'),
    description: format.string('description'),
    strict: format.boolean('strict'),
  });
}
