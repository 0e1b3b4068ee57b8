import type { FunctionTool, JsonObject, Tool, ToolChoice } from '@inferway/core';
import type { Fields } from '../checks.js';
import { defined } from '../json-body.js';
import { OPENAI_CHAT } from './dialect.js';
import { readCache } from '../openai/read-cache.js';

/** `tools`, and the deprecated `functions`. */
export function decodeTools(fields: Fields): Tool[] | undefined {
  const tools = fields.fieldsList('tools');
  const functions = fields.fieldsList('functions');
  if (tools === undefined && functions === undefined) return undefined;
  return [
    ...(tools ?? []).map((tool) => decodeTool(tool)),
    ...(functions ?? []).map((declared) => decodeFunction(declared)),
  ];
}

function decodeTool(tool: Fields): Tool {
  if (tool.requiredString('type') !== 'function') {
    return { type: 'provider', format: OPENAI_CHAT, value: tool.object };
  }
  const cache = readCache(tool);
  const decoded = decodeFunction(tool.requiredFields('function'));
  return cache === undefined ? decoded : { ...decoded, cache };
}

function decodeFunction(declared: Fields): FunctionTool {
  const name = declared.requiredString('name');
  if (name === '') declared.refuse('name', 'must not be empty.');
  return defined({
    name,
    description: declared.string('description'),
    parameters: declared.json('parameters'),
    strict: declared.boolean('strict'),
  });
}

/** `tool_choice`, or the deprecated `function_call`. Forms that only this protocol knows (`allowed_tools`, `custom`) are passed through. */
export function decodeToolChoice(
  fields: Fields,
): { toolChoice?: ToolChoice; passthrough?: JsonObject } | undefined {
  const legacy = fields.value('function_call');
  if (legacy !== undefined) {
    const toolChoice =
      typeof legacy === 'string'
        ? fields.requiredOneOf('function_call', ['auto', 'none'])
        : { name: fields.requiredFields('function_call').requiredString('name') };
    if (!fields.has('tool_choice')) return { toolChoice };
  }
  const value = fields.value('tool_choice');
  if (value === undefined) return undefined;
  if (typeof value === 'string') {
    return { toolChoice: fields.requiredOneOf('tool_choice', ['auto', 'none', 'required']) };
  }
  const choice = fields.requiredFields('tool_choice');
  if (choice.requiredString('type') !== 'function') {
    return { passthrough: { tool_choice: choice.object } };
  }
  return { toolChoice: { name: choice.requiredFields('function').requiredString('name') } };
}
