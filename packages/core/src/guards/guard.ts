import { attemptBudget } from '../attempts.js';
import type { Call } from '../call.js';
import { tell } from '../chain-events.js';
import { remainingMs } from '../deadline.js';
import type { InferwayError } from '../error.js';
import type { Middleware, Next } from '../middleware.js';
import { badOption, checkAmount } from '../option-checks.js';

import type { AnyReply, UnaryReply } from '../reply.js';
import { transformed } from '../transform.js';
import { askAgain } from './ask-again.js';
import { denied } from './guard-error.js';
import type { GuardHook, HookObject } from './guard-hook.js';
import type { AskAgain } from './verdict.js';
import { serveAnswer, wholeAnswer } from './whole-stream.js';

declare module '../chain-events.js' {
  interface ChainEvents {
    /** A hook did not simply allow a request or an answer. */
    readonly guard: {
      readonly hook: string;
      readonly on: 'request' | 'answer';
      readonly verdict: 'deny' | 'replace' | 'ask-again';
    };
  }
}

/** The hooks, in their order. */
export interface GuardOptions {
  readonly hooks: readonly HookObject[];
  /** How often a model may be asked again for a better answer, over all hooks of one call. Default 1. */
  readonly maxAsks?: number | undefined;
}

/**
 * Checks requests before they are sent and answers before they are given. Hooks run in their order. It stands outside of the cache, so that an
 * answer out of a cache is checked too. What a hook throws fails the call: a guard that cannot judge does not let pass.
 *
 * @throws {InferwayError} `configuration`, when built, for no hooks or two of one name; `content_filter` for what is denied.
 */
export function guard(...hooks: readonly HookObject[]): Middleware;
export function guard(options: GuardOptions): Middleware;
export function guard(...given: readonly HookObject[] | readonly [GuardOptions]): Middleware {
  const options = optionsOf(given);
  const { hooks } = options;
  const maxAsks = checkAmount('guard', 'maxAsks', options.maxAsks ?? 1);
  checkHooks(hooks);

  return async function guard(call, next) {
    const active = hooks.filter(({ operations }) => operations?.includes(call.operation) !== false);
    const checked = await checkRequest(active, call);
    if (checked.stream && !active.some(needsWhole)) return filtered(active, checked, next);
    return checkAnswer(active, checked, next, maxAsks);
  };
}

function optionsOf(given: readonly HookObject[] | readonly [GuardOptions]): GuardOptions {
  const [first] = given;
  return first !== undefined && 'hooks' in first
    ? first
    : { hooks: given as readonly HookObject[] };
}

function checkHooks(hooks: readonly GuardHook[]): void {
  if (!Array.isArray(hooks) || hooks.length === 0) {
    throw badOption('hooks', 'guard: no hook. Give at least one, or leave the guard out.');
  }
  const names = new Set<string>();
  for (const { name, before, after, filter } of hooks) {
    if (typeof name !== 'string' || name === '') {
      throw badOption('hooks', 'guard: a hook has no name. Errors and events name it: give one.');
    }
    if (names.has(name)) {
      throw badOption('hooks', `guard: two hooks are named "${name}". Give one another name.`);
    }
    if (before === undefined && after === undefined && filter === undefined) {
      throw badOption(
        'hooks',
        `guard: the hook "${name}" checks nothing. Give it before or after.`,
      );
    }
    names.add(name);
  }
}

// A filter alone would leave unary answers unchecked, and `after` alone needs the whole of a stream.
function needsWhole(hook: GuardHook): boolean {
  return hook.after !== undefined && hook.filter === undefined;
}

async function checkRequest(hooks: readonly GuardHook[], given: Call): Promise<Call> {
  let call = given;
  for (const hook of hooks) {
    const verdict = await hook.before?.(call as never);
    if (verdict === undefined || verdict.verdict === 'allow') continue;
    tell(call, { type: 'guard', hook: hook.name, on: 'request', verdict: verdict.verdict });
    if (verdict.verdict === 'deny') throw denied(hook, 'request', verdict.reason);
    call = { ...call, request: verdict.request } as Call;
  }
  return call;
}

async function filtered(hooks: readonly GuardHook[], call: Call, next: Next): Promise<AnyReply> {
  let reply: AnyReply = await next(call);
  for (const hook of hooks) {
    const filter = hook.filter?.(call as never);
    if (filter !== undefined && reply.stream) reply = transformed(reply, call, filter);
  }
  return reply;
}

async function checkAnswer(
  hooks: readonly GuardHook[],
  call: Call,
  next: Next,
  maxAsks: number,
): Promise<AnyReply> {
  let asked = call;
  for (let asks = 0; ; asks++) {
    const reply: AnyReply = await next(asked);
    const answer = reply.stream ? await wholeAnswer(reply, asked) : (reply as UnaryReply);
    const judged = await judge(hooks, answer, asked);
    if (!('again' in judged)) return serveAnswer(judged.answer, call);
    const { hook, again } = judged;
    const budget = attemptBudget(call.state);
    if (asks >= maxAsks || budget.made.length >= budget.limit || remainingMs(call.state) <= 0) {
      throw withUsage(denied(hook, 'answer', again.reason), answer);
    }
    asked = askAgain(asked, answer.result, again.message);
  }
}

type Judged =
  | { readonly answer: UnaryReply }
  | { readonly hook: GuardHook; readonly again: AskAgain };

async function judge(hooks: readonly GuardHook[], given: UnaryReply, call: Call): Promise<Judged> {
  let answer = given;
  for (const hook of hooks) {
    const verdict = await hook.after?.(answer.result as never, call as never);
    if (verdict === undefined || verdict.verdict === 'allow') continue;
    tell(call, { type: 'guard', hook: hook.name, on: 'answer', verdict: verdict.verdict });
    if (verdict.verdict === 'deny') throw withUsage(denied(hook, 'answer', verdict.reason), answer);
    if (verdict.verdict === 'ask-again') return { hook, again: verdict };
    answer = { ...answer, result: verdict.result };
  }
  return { answer };
}

// The answer was paid for, although the caller does not get it.
function withUsage(error: InferwayError, answer: UnaryReply): InferwayError {
  if (answer.usage !== undefined) error.usage = answer.usage;
  return error;
}
