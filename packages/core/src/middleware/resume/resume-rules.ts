import type { Call } from '../../call.js';
import type { InferwayError } from '../../error.js';
import { isJsonObject, type JsonObject } from '../../json.js';
import { formatModel, type Model } from '../../model.js';
import { badOption, checkCount, checkFunction, checkMs } from '../../option-checks.js';
import { RetryQuota } from '../retry-quota.js';

/** How an answer goes on that failed in mid-stream. `mode` is needed. */
export interface ResumeOptions {
  /**
   * `restart`: another attempt from the beginning takes the place of what was delivered. `continue`: the model is given the partial answer and
   * goes on from it, where it is one of `prefill` and the answer so far is text alone; else as `restart`.
   */
  readonly mode: 'restart' | 'continue';
  /**
   * With `continue`: the models that go on from an assistant's last message instead of answering it. Names as `provider/model`, with `*` for
   * any rest, beside what the provider must be told for it; or a function.
   */
  readonly prefill?: readonly (string | PrefillModel)[] | ((model: Model) => boolean) | undefined;
  /** How often one stream may go on. Default 1. */
  readonly times?: number | undefined;
  /** Whether an error is worth it. Default: one that is retryable or that another target may not have. */
  readonly on?: ((error: InferwayError, call: Call) => boolean) | undefined;
  /** The wait before is random below this, in milliseconds; a longer one that the provider asks for is kept. Default 500. */
  readonly baseMs?: number | undefined;
  /** A provider that asks for a longer wait than this ends the answer, in milliseconds. Default 10,000: a reader waits. */
  readonly retryAfterCapMs?: number | undefined;
}

/** Models that go on from a partial answer where the request has these options of their provider's own. */
export interface PrefillModel {
  /** `provider/model`, with `*` for any rest. */
  readonly model: string;
  /** For vLLM: `{ continue_final_message: true, add_generation_prompt: false }`. */
  readonly options: JsonObject;
}

/** The same, checked. */
export interface ResumeRules {
  readonly mode: 'restart' | 'continue';
  readonly times: number;
  readonly baseMs: number;
  readonly retryAfterCapMs: number;
  readonly quota: RetryQuota;
  readonly on: (error: InferwayError, call: Call) => boolean;
  readonly prefixFor: PrefixRule;
}

/** Undefined for a model that does not go on from a partial answer; else the options that make it, perhaps none. */
export type PrefixRule = (model: Model) => JsonObject | undefined;

/** @throws {InferwayError} `configuration` naming the option that cannot work. */
export function resumeRules(options: ResumeOptions): ResumeRules {
  const { mode, prefill } = options;
  if (mode !== 'restart' && mode !== 'continue') {
    throw badOption('mode', `resume: mode is ${String(mode)}; give 'restart' or 'continue'.`);
  }
  if (mode === 'restart' && prefill !== undefined) {
    throw badOption(
      'prefill',
      "resume: prefill says which models go on from a partial answer, but mode is 'restart'. Leave it out, or give mode 'continue'.",
    );
  }
  if (mode === 'continue' && prefill === undefined) {
    throw badOption(
      'prefill',
      "resume: mode is 'continue', but no model is named that goes on from a partial answer: others would answer it, and text would come twice. Give prefill, such as ['anthropic/claude-haiku-4-5*'], or mode 'restart'.",
    );
  }
  return {
    mode,
    times: checkCount('resume', 'times', options.times ?? 1),
    baseMs: checkMs('resume', 'baseMs', options.baseMs ?? 500),
    retryAfterCapMs: checkMs('resume', 'retryAfterCapMs', options.retryAfterCapMs ?? 10_000),
    quota: new RetryQuota(),
    on:
      checkFunction('resume', 'on', options.on) ??
      ((error) => error.retryable || error.fallbackable),
    prefixFor: prefixRule(prefill),
  };
}

const NO_OPTIONS: JsonObject = {};

function prefixRule(prefill: ResumeOptions['prefill']): PrefixRule {
  if (prefill === undefined) return () => undefined;
  if (typeof prefill === 'function') return (model) => (prefill(model) ? NO_OPTIONS : undefined);
  if (!Array.isArray(prefill) || prefill.length === 0) {
    throw badOption(
      'prefill',
      'resume: prefill names no model. Name at least one, or give a function.',
    );
  }
  const given = (prefill as readonly (string | PrefillModel)[]).map((one, index) => {
    const { model, options }: Partial<PrefillModel> =
      typeof one === 'string' ? { model: one, options: NO_OPTIONS } : (one ?? {});
    const isName = typeof model === 'string' && /^[^/*]+\/[^*]*\*?$/u.test(model);
    if (isName && isJsonObject(options)) return { model, options };
    throw badOption(
      'prefill',
      `resume: prefill, entry ${index + 1} is ${JSON.stringify(one)}; give "provider/model", with * only at the end, or { model, options }.`,
    );
  });
  return (model) => {
    const asked = formatModel(model);
    return given.find(({ model: name }) =>
      name.endsWith('*') ? asked.startsWith(name.slice(0, -1)) : asked === name,
    )?.options;
  };
}
