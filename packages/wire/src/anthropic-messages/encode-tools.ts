import type { ChatRequest, FunctionTool, JsonObject, Tool } from '@inferway/core';
import { cacheControl } from './cache-control.js';
import type { JsonBody } from '../json-body.js';
import type { EncodeContext } from './encode-context.js';
import { forcesTool } from './encode-reasoning.js';
import { ANTHROPIC_MESSAGES } from './name.js';
import { addOwnFields } from './own-fields.js';

/** `tools`; undefined where none are left. */
export function encodeTools(
  tools: readonly Tool[] | undefined,
  context: EncodeContext,
): JsonObject[] | undefined {
  const encoded: JsonObject[] = [];
  tools?.forEach((tool, index) => {
    if (tool.type !== 'provider') {
      const strict = strictness(tool, index, context);
      const { parameters = { type: 'object', properties: {} } } = tool;
      const draft: JsonBody = {
        name: tool.name,
        description: tool.description,
        input_schema:
          strict === true ? context.schema(parameters, `tools[${index}].parameters`) : parameters,
        strict,
        cache_control: cacheControl(tool.cache),
      };
      addOwnFields(draft, tool.opaque);
      encoded.push(draft);
    } else if (tool.format === ANTHROPIC_MESSAGES) {
      encoded.push(tool.value);
    } else {
      context.warn(
        'unsupported',
        `tools[${index}]`,
        `A tool of the format ${tool.format} was left out: only its own provider runs it.`,
      );
    }
  });
  return encoded.length === 0 ? undefined : encoded;
}

function strictness(
  { strict }: FunctionTool,
  index: number,
  context: EncodeContext,
): boolean | undefined {
  if (strict !== true || context.rules.structuredOutput !== false) return strict;
  context.warn(
    'unsupported',
    `tools[${index}].strict`,
    'The model is not held to the schemas of tools: "strict" was left out.',
  );
  return undefined;
}

/** `tool_choice`, which the API takes only beside tools. */
export function encodeToolChoice(
  request: ChatRequest,
  context: EncodeContext,
): JsonObject | undefined {
  const { toolChoice, parallelToolCalls } = request;
  if (toolChoice === undefined && parallelToolCalls === undefined) return undefined;
  if (toolChoice === 'none') return { type: 'none' };
  let choice: JsonBody = { type: 'auto' };
  if (forcesTool(request)) {
    if (context.rules.forcedTools === false) {
      context.warn(
        'changed',
        'toolChoice',
        'The model cannot be made to call a tool: it chooses by itself. Say in the prompt when the tool is to be called.',
      );
    } else {
      choice =
        typeof toolChoice === 'object' ? { type: 'tool', name: toolChoice.name } : { type: 'any' };
    }
  }
  if (parallelToolCalls !== undefined) choice.disable_parallel_tool_use = !parallelToolCalls;
  return choice;
}
