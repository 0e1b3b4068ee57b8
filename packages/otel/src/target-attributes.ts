import type { Cost } from '@inferway/core';
import type { Attributes } from '@opentelemetry/api';
import { AttributeBag } from './attribute-bag.js';
import type { AttemptRun, TargetRun } from './call-run.js';
import * as own from './own-names.js';
import { FactBag } from './fact-bag.js';
import type { Profile } from './profile.js';
import { runCost } from './run-cost.js';
import * as names from './semconv.js';
import type { ServerAddresses } from './server-address.js';

/** What samplers may decide by: set when the span is made. */
export function targetHead(target: TargetRun, servers: ServerAddresses): Attributes {
  const server = servers(target.provider);
  return new AttributeBag()
    .text(names.OPERATION_NAME, names.operationName(target.operation))
    .text(names.PROVIDER_NAME, target.provider)
    .text(names.REQUEST_MODEL, target.model)
    .text(names.SERVER_ADDRESS, server?.address)
    .number(names.SERVER_PORT, server?.port).values;
}

/** What is known once the target is done with. */
export function targetTail(target: TargetRun, profile: Profile): Attributes {
  const { usage } = target;
  const cut = target.ending === 'failed' && target.firstChunkMs !== undefined;
  const bag = new AttributeBag()
    .text(names.RESPONSE_ID, target.responseId)
    .text(names.RESPONSE_MODEL, target.responseModel)
    .text(names.SERVED_BY, target.servedBy)
    .list(
      names.RESPONSE_FINISH_REASONS,
      cut && profile === 'latest' ? ['error'] : target.finishReasons,
    )
    .number(names.RESPONSE_TIME_TO_FIRST_CHUNK, secondsToFirstChunk(target))
    .number(names.USAGE_INPUT_TOKENS, usage?.inputTokens)
    .number(names.USAGE_OUTPUT_TOKENS, usage?.outputTokens)
    .number(names.USAGE_CACHE_READ, usage?.cacheReadTokens)
    .number(cacheWriteName(profile), usage?.cacheWriteTokens)
    .number(names.USAGE_REASONING, usage?.reasoningTokens)
    .flag(names.USAGE_ESTIMATED, usage?.estimated)
    .text(names.ERROR_TYPE, target.error?.code)
    .text(names.OUTCOME, outcomeWord(target));
  if (target.index > 0) {
    bag.number(names.FALLBACK_INDEX, target.index).text(names.FALLBACK_FROM, target.from);
  }
  return { ...bag.values, ...costAttributes(target.attempts, target.cost) };
}

/** What attempts cost together, in dollars, those that failed included; no total where one of them is not known. */
export function costAttributes(
  attempts: readonly AttemptRun[],
  told: Cost | undefined,
): Attributes {
  const { total, atLeast, possiblyBilled, open } = runCost(attempts, told);
  const bag = new FactBag()
    .dollars(own.COST_AT_LEAST, atLeast)
    .dollars(own.COST_POSSIBLY_BILLED, possiblyBilled)
    .number(own.COST_OPEN_ATTEMPTS, open > 0 ? open : undefined);
  if (total?.known === true) {
    bag
      .dollars(names.COST_TOTAL, total.total)
      .text(names.COST_CURRENCY, 'USD')
      .text(names.COST_SOURCE, total.source);
  }
  return bag.values;
}

/** The names under which Langfuse and OpenInference look for the cost; no convention has one yet. */
export function costAliases(target: TargetRun): Attributes {
  const cost = runCost(target.attempts, target.cost).total;
  if (cost?.known !== true) return {};
  return { 'gen_ai.usage.cost': cost.total / 1e9, 'llm.cost.total': cost.total / 1e9 };
}

/** `cancelled` and `abandoned` are no errors, and would otherwise look like answers. */
export function outcomeWord({ ending }: { readonly ending?: string }): string | undefined {
  return ending === 'cancelled' || ending === 'abandoned' ? ending : undefined;
}

/** From the issue of the target's first request, as the conventions ask; undefined for unary calls. */
export function secondsToFirstChunk(target: TargetRun): number | undefined {
  return target.firstChunkMs === undefined
    ? undefined
    : (target.firstChunkMs - target.startMs) / 1000;
}

function cacheWriteName(profile: Profile): string {
  return `gen_ai.usage.${profile === 'latest' ? 'cache_write' : 'cache_creation'}.input_tokens`;
}
