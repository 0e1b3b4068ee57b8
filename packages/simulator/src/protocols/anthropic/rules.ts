import { isJsonObject, type JsonObject } from '@inferway/core';
import type { HttpAnswer } from '../../http/exchange.js';
import { brokenMarkers, brokenModelRule, missingBeta } from './request-rules.js';
import { brokenThinking } from './thinking-blocks.js';

const VERSIONS = ['2023-06-01', '2026-10-21'];
const REMOVED = ['temperature', 'top_p', 'top_k'];

/** The first rule of the Messages API that a request breaks, as the API words it; undefined where it breaks none. */
export function brokenRule(
  body: unknown,
  version: string | undefined,
  seed: number,
  betas: string = '',
): string | undefined {
  if (version === undefined) return 'anthropic-version: header is required';
  if (!VERSIONS.includes(version)) return `anthropic-version: "${version}" is not a valid version`;
  if (!isJsonObject(body)) return undefined;
  if (version === '2026-10-21') {
    const removed = REMOVED.find((field) => body[field] !== undefined);
    if (removed !== undefined) return `${removed}: Extra inputs are not permitted`;
  }
  const { temperature } = body;
  if (typeof temperature === 'number' && temperature > 1) {
    return 'temperature: Input should be less than or equal to 1';
  }
  const broken = missingBeta(body, betas) ?? brokenModelRule(body) ?? brokenMarkers(body);
  if (broken !== undefined) return broken;
  const turns = Array.isArray(body['messages']) ? body['messages'] : [];
  for (const [number, turn] of turns.entries()) {
    if (!isJsonObject(turn) || !Array.isArray(turn['content'])) continue;
    const before = turns[number - 1];
    for (const [index, block] of turn['content'].entries()) {
      if (!isJsonObject(block)) continue;
      const broken =
        (version === '2026-10-21' ? brokenByVersion(turn, block) : undefined) ??
        brokenResult(before, block);
      if (broken !== undefined) return `messages.${number}.content.${index}${broken}`;
    }
  }
  return brokenThinking(turns, seed) ?? brokenBudget(body) ?? missingThinking(body, turns);
}

/** An answer that says which rule was broken. */
export function brokenRuleAnswer(message: string, requestId: string): HttpAnswer {
  return {
    status: 400,
    body: {
      type: 'error',
      error: { type: 'invalid_request_error', message },
      request_id: requestId,
    },
  };
}

// What 2026-10-21 refuses beside sampling settings (platform.claude.com, "migration-2026-10-21").
function brokenByVersion(turn: JsonObject, block: JsonObject): string | undefined {
  if (turn['role'] === 'assistant' && block['type'] === 'document') {
    return ': document blocks are not permitted in assistant messages';
  }
  const { citations } = block;
  if (turn['role'] === 'user' && block['type'] === 'text' && Array.isArray(citations)) {
    return citations.length > 0 ? '.citations: Extra inputs are not permitted' : undefined;
  }
  return undefined;
}

function brokenResult(before: unknown, block: JsonObject): string | undefined {
  if (block['type'] !== 'tool_result') return undefined;
  const known = blocks(before).some(
    (other) => other['type'] === 'tool_use' && other['id'] === block['tool_use_id'],
  );
  return known
    ? undefined
    : `: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${String(block['tool_use_id'])}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
}

function brokenBudget(body: JsonObject): string | undefined {
  const { thinking, max_tokens: most, tool_choice: choice } = body;
  if (!isJsonObject(thinking) || thinking['type'] !== 'enabled') return undefined;
  const budget = thinking['budget_tokens'];
  if (typeof budget !== 'number' || budget < 1024) {
    return 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024';
  }
  if (typeof most === 'number' && budget >= most) {
    return '`max_tokens` must be greater than `thinking.budget_tokens`';
  }
  return isJsonObject(choice) && (choice['type'] === 'any' || choice['type'] === 'tool')
    ? 'Thinking may not be enabled when tool_choice forces tool use.'
    : undefined;
}

/** With thinking on, the turn whose tools are being answered must begin with its thinking. */
function missingThinking(body: JsonObject, turns: readonly unknown[]): string | undefined {
  const { thinking } = body;
  if (!isJsonObject(thinking) || thinking['type'] !== 'enabled') return undefined;
  const number = turns.length - 2;
  const answered = blocks(turns.at(-1)).some((block) => block['type'] === 'tool_result');
  const first = blocks(turns[number])[0];
  if (!answered || first === undefined) return undefined;
  return first['type'] === 'thinking' || first['type'] === 'redacted_thinking'
    ? undefined
    : `messages.${number}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${String(first['type'])}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block.`;
}

function blocks(turn: unknown): readonly JsonObject[] {
  if (!isJsonObject(turn) || !Array.isArray(turn['content'])) return [];
  return turn['content'].filter(isJsonObject);
}
