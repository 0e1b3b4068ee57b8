import type { ChatRequest, JsonObject, Tool } from '@inferway/core';
import { cacheControl } from './cache-control.js';
import type { Draft } from './draft.js';
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
      const draft: Draft = {
        name: tool.name,
        description: tool.description,
        input_schema: tool.parameters ?? { type: 'object', properties: {} },
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

/** `tool_choice`, which the API takes only beside tools. */
export function encodeToolChoice(request: ChatRequest): JsonObject | undefined {
  const { toolChoice, parallelToolCalls } = request;
  if (toolChoice === undefined && parallelToolCalls === undefined) return undefined;
  if (toolChoice === 'none') return { type: 'none' };
  const choice: Draft =
    typeof toolChoice === 'object'
      ? { type: 'tool', name: toolChoice.name }
      : { type: toolChoice === 'required' ? 'any' : 'auto' };
  if (parallelToolCalls !== undefined) choice.disable_parallel_tool_use = !parallelToolCalls;
  return choice;
}
