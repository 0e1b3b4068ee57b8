import type { ChatRequest, FunctionTool, JsonObject, Tool } from '@inferway/core';
import { cacheControl } from './cache-control.js';
import type { JsonBody } from '../json-body.js';
import type { EncodeContext } from './encode-context.js';
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
      const draft: JsonBody = {
        name: tool.name,
        description: tool.description,
        input_schema: inputSchema(tool, `tools[${index}].parameters`, context),
        strict: tool.strict,
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

function inputSchema(tool: FunctionTool, setting: string, context: EncodeContext): JsonObject {
  const { parameters = { type: 'object', properties: {} } } = tool;
  return tool.strict === true ? context.schema(parameters, setting) : parameters;
}

/** `tool_choice`, which the API takes only beside tools. */
export function encodeToolChoice(request: ChatRequest): JsonObject | undefined {
  const { toolChoice, parallelToolCalls } = request;
  if (toolChoice === undefined && parallelToolCalls === undefined) return undefined;
  if (toolChoice === 'none') return { type: 'none' };
  const choice: JsonBody =
    typeof toolChoice === 'object'
      ? { type: 'tool', name: toolChoice.name }
      : { type: toolChoice === 'required' ? 'any' : 'auto' };
  if (parallelToolCalls !== undefined) choice.disable_parallel_tool_use = !parallelToolCalls;
  return choice;
}
