/** Marks the system message that a caller wrote as `instructions`. */
export const INSTRUCTIONS = 'instructions';

/** What a custom tool answered. */
export const CUSTOM_OUTPUT = 'custom_tool_call_output';

const CONTENT: ReadonlySet<string> = new Set([
  'input_text',
  'input_image',
  'input_file',
  'input_audio',
]);

/** Whether a part of the format's own stands in a message, and is no item. */
export function isContentKind(kind: string): boolean {
  return CONTENT.has(kind);
}

/** Items that the caller makes, beside messages and outputs of functions and custom tools. All others are the model's. */
const CALLERS: ReadonlySet<string> = new Set([
  'computer_call_output',
  'local_shell_call_output',
  'apply_patch_call_output',
  'mcp_approval_response',
  'additional_tools',
  'configuration_update',
  'compaction_trigger',
]);

export function isCallers(type: string): boolean {
  return CALLERS.has(type);
}
