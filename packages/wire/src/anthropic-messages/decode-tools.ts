import type { ChatRequest, Tool } from '@inferway/core';
import type { Fields } from '../checks.js';
import { decodeCache } from './decode-content.js';
import { ANTHROPIC_MESSAGES } from './name.js';
import { keepRest } from './own-fields.js';

const CUSTOM: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
]);

/** `tools`: functions of the caller's, and tools of the provider's own, which are kept whole. */
export function decodeTools(fields: Fields): Tool[] | undefined {
  const tools = fields.fieldsList('tools');
  return tools === undefined || tools.length === 0 ? undefined : tools.map(decodeTool);
}

function decodeTool(tool: Fields): Tool {
  const type = tool.string('type');
  if (type !== undefined && type !== 'custom')
    return { type: 'provider', format: ANTHROPIC_MESSAGES, value: tool.object };
  const description = tool.string('description');
  const strict = tool.boolean('strict');
  return {
    name: tool.requiredString('name'),
    ...(description === undefined ? {} : { description }),
    parameters: tool.requiredFields('input_schema').object,
    ...(strict === undefined ? {} : { strict }),
    ...decodeCache(tool),
    ...keepRest(tool.object, CUSTOM),
  };
}

export function decodeToolChoice(
  fields: Fields,
): Pick<ChatRequest, 'toolChoice' | 'parallelToolCalls'> {
  const choice = fields.fields('tool_choice');
  if (choice === undefined) return {};
  const type = choice.requiredOneOf('type', ['auto', 'any', 'tool', 'none']);
  const noParallel = choice.boolean('disable_parallel_tool_use');
  return {
    toolChoice:
      type === 'tool'
        ? { name: choice.requiredString('name') }
        : type === 'any'
          ? 'required'
          : type,
    ...(noParallel === undefined ? {} : { parallelToolCalls: !noParallel }),
  };
}
