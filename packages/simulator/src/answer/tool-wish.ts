import type { ChatRequest, FunctionTool } from '@inferway/core';
import { InferwayError } from '@inferway/core';
import type { PromptText } from '../text/prompt-text.js';

const MOST_CALLS = 8;
const ASKS_FOR_TOOL =
  /\b(?:use|call|invoke|run|using|with|via)\b.{0,60}\b(?:tools?|functions?)\b/isu;
const ASKS_FOR_SEVERAL =
  /\b(?:parallel|simultaneous(?:ly)?|at (?:once|the same time)|(?:several|multiple|all|both|two|three|four|five)(?: of)?(?: the| your| available)?\s+(?:\w+\s+)?(?:tools?|functions?|calls?))\b/iu;
const ASKS_FOR_ALL =
  /\b(?:several|multiple|all|both|two|three|four|five)(?: of)?(?: the| your| available)?\s+(?:\w+\s+)?(?:tools?|functions?)\b/iu;
const COUNT =
  /\b(\d|two|three|four|five)\b(?:\s+\w+){0,3}\s+(?:calls?|times|tools?|functions?)\b/iu;
const SPELLED = ['zero', 'one', 'two', 'three', 'four', 'five'];
// Words of tool names that say nothing of their subject.
const COMMON = new Set(['call', 'find', 'from', 'list', 'make', 'search', 'tool', 'with', 'your']);

/**
 * The tools that the simulated model calls, in order; none where it answers in prose. A forced choice is always followed; otherwise it
 * calls when the question asks for a tool or names one, and not again once its results are there.
 *
 * @throws {InferwayError} `invalid_request` where the choice names a tool that is not given.
 */
export function toolWish(request: ChatRequest, prompt: PromptText): readonly FunctionTool[] {
  const tools = (request.tools ?? []).filter(
    (tool): tool is FunctionTool => tool.type !== 'provider',
  );
  const choice = request.toolChoice ?? 'auto';
  const first = tools[0];
  if (typeof choice === 'object') {
    const named = tools.find((tool) => tool.name === choice.name);
    if (named === undefined) {
      throw new InferwayError('invalid_request', {
        message: `The tool choice names "${choice.name}", which is not among the tools.`,
        param: 'tool_choice',
      });
    }
    return repeat([named], request, prompt);
  }
  if (first === undefined || choice === 'none') return [];
  const named = tools.filter((tool) => isNamed(tool.name, prompt.question));
  if (choice === 'auto') {
    if (prompt.results.length > 0) return [];
    if (named.length === 0 && !ASKS_FOR_TOOL.test(prompt.question)) return [];
  }
  if (ASKS_FOR_SEVERAL.test(prompt.question)) {
    const meant = named.length > 1 || !ASKS_FOR_ALL.test(prompt.question) ? named : tools;
    return repeat(meant.length > 0 ? meant : tools, request, prompt);
  }
  return [named[0] ?? first];
}

/** Two calls at least where the prompt asks for several; as many as it says where it gives a number. */
function repeat(
  tools: readonly FunctionTool[],
  request: ChatRequest,
  prompt: PromptText,
): readonly FunctionTool[] {
  if (request.parallelToolCalls === false) return tools.slice(0, 1);
  if (!ASKS_FOR_SEVERAL.test(prompt.question)) return tools;
  const said = COUNT.exec(prompt.question)?.[1]?.toLowerCase() ?? '';
  const spelled = SPELLED.indexOf(said);
  const asked = spelled >= 0 ? spelled : Number.parseInt(said, 10);
  const count = Math.min(MOST_CALLS, asked > 0 ? asked : Math.max(2, tools.length));
  return Array.from({ length: count }, (_, index) => tools[index % tools.length]).filter(
    (tool): tool is FunctionTool => tool !== undefined,
  );
}

function isNamed(name: string, question: string): boolean {
  const text = question.toLowerCase();
  if (text.includes(name.toLowerCase())) return true;
  const words = name
    .replaceAll(/([a-z])([A-Z])/gu, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/u);
  return words.some((word) => word.length >= 4 && !COMMON.has(word) && text.includes(word));
}
