import type { ChatRequest, ReasoningEffort, ReasoningSettings } from '@inferway/core';
import type { Fields } from '../checks.js';
import { ANTHROPIC_EFFORTS } from './dialect.js';
import type { JsonBody } from '../json-body.js';

const THINKING: ReadonlySet<string> = new Set(['type', 'budget_tokens']);
const OUTPUT_CONFIG: ReadonlySet<string> = new Set(['effort', 'format']);

/**
 * `thinking` and `output_config.effort` as the portable setting. What that cannot say is put into `passed`, as a merge patch over the body
 * that the setting gives: further members, other types, and null for a `thinking` that the caller did not write.
 */
export function decodeReasoning(fields: Fields, passed: JsonBody): Pick<ChatRequest, 'reasoning'> {
  const config = fields.fields('output_config');
  const configRest: JsonBody = { ...config?.rest(OUTPUT_CONFIG) };
  const effort = decodeEffort(config, configRest);
  const reasoning = decodeThinking(fields.fields('thinking'), effort, passed, configRest);
  if (Object.keys(configRest).length > 0) passed.output_config = configRest;
  return reasoning === undefined ? {} : { reasoning };
}

function decodeEffort(config: Fields | undefined, rest: JsonBody): ReasoningEffort | undefined {
  const word = config?.string('effort');
  const effort = ANTHROPIC_EFFORTS.find((known) => known === word);
  if (word !== undefined && effort === undefined) rest.effort = word;
  return effort;
}

function decodeThinking(
  thinking: Fields | undefined,
  effort: ReasoningEffort | undefined,
  passed: JsonBody,
  configRest: JsonBody,
): ReasoningSettings | undefined {
  if (thinking === undefined) {
    if (effort === undefined) return undefined;
    passed.thinking = null;
    return { effort };
  }
  const type = thinking.requiredString('type');
  const wanted = effort === undefined ? {} : { effort };
  switch (type) {
    case 'adaptive':
    case 'enabled':
    case 'disabled': {
      const rest = thinking.rest(THINKING);
      if (rest !== undefined) passed.thinking = rest;
      if (type === 'adaptive') return wanted;
      if (type === 'disabled') {
        if (effort !== undefined) configRest.effort = effort;
        return { effort: 'none' };
      }
      const maxTokens = thinking.integer('budget_tokens', 1024);
      if (maxTokens === undefined)
        thinking.refuse('budget_tokens', 'is missing; give a whole number of 1024 or more.');
      return { ...wanted, maxTokens };
    }
    default:
      // `between_tools` and what may come: only this format can say it.
      passed.thinking = thinking.object;
      return wanted;
  }
}
