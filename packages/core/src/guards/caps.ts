import type { Call } from '../call.js';
import { InferwayError } from '../error.js';
import { estimateInput } from '../token-estimate.js';
import { badOption, checkCount } from '../option-checks.js';
import type { GuardHook } from './guard-hook.js';

/** How much a request may ask for. What is left out is not bounded. */
export interface CapsOptions {
  /** Characters of all texts of a request together. */
  readonly inputCharacters?: number | undefined;
  /** Estimated tokens of a request, media by the piece. */
  readonly inputTokens?: number | undefined;
  /** Messages of a conversation. */
  readonly messages?: number | undefined;
  /** Answers that may be asked for at once. */
  readonly choices?: number | undefined;
  /** Tokens of an answer, reasoning included: a request that asks for more, or sets no bound, gets this one. */
  readonly outputTokens?: number | undefined;
  /** Characters of an answer; one that is longer is denied, or cut off where it streams. */
  readonly outputCharacters?: number | undefined;
}

/** Requests of these operations have `maxOutputTokens`. */
const CAPS: ReadonlySet<string> = new Set<keyof CapsOptions>([
  'inputCharacters',
  'inputTokens',
  'messages',
  'choices',
  'outputTokens',
  'outputCharacters',
]);

const BOUNDED: ReadonlySet<string> = new Set(['chat', 'complete']);

/** Caps that no caller can raise. What is too large is refused with `too_large` before it is sent; the bound on output is lowered instead. */
export function caps(options: CapsOptions): GuardHook {
  const given = Object.entries(options).filter(([, most]) => most !== undefined);
  if (given.length === 0) throw badOption('caps', 'caps: no cap is given. Give at least one.');
  for (const [param, most] of given) {
    if (!CAPS.has(param)) {
      throw badOption(param, `caps: there is no cap "${param}". Known: ${[...CAPS].join(', ')}.`);
    }
    checkCount('caps', param, most as number);
  }
  const { outputCharacters: mostOut } = options;
  return {
    name: 'caps',
    before(call) {
      checkSizes(call, options);
      return lowered(call, options.outputTokens);
    },
    ...(mostOut === undefined
      ? {}
      : {
          after(result) {
            refuse('outputCharacters', charactersOf(result, 0), mostOut, 'answer');
            return undefined;
          },
          filter: () => {
            let seen = 0;
            return {
              batch(events) {
                for (const event of events) seen += charactersOf(event, 0);
                refuse('outputCharacters', seen, mostOut, 'answer');
                return events;
              },
            };
          },
        }),
  };
}

function checkSizes(
  call: Call,
  { inputCharacters, inputTokens, messages, choices }: CapsOptions,
): void {
  const { request } = call;
  if (inputCharacters !== undefined)
    refuse('inputCharacters', charactersOf(request, 0), inputCharacters, 'request');
  if (inputTokens !== undefined) refuse('inputTokens', estimateInput(call), inputTokens, 'request');
  if (messages !== undefined && 'messages' in request && Array.isArray(request.messages))
    refuse('messages', request.messages.length, messages, 'request');
  if (choices !== undefined && 'choices' in request)
    refuse('choices', request.choices ?? 1, choices, 'request');
}

function lowered(
  call: Call,
  most: number | undefined,
): ReturnType<NonNullable<GuardHook['before']>> {
  if (most === undefined || !BOUNDED.has(call.operation)) return undefined;
  const request = call.request as { readonly maxOutputTokens?: number | undefined };
  if (request.maxOutputTokens !== undefined && request.maxOutputTokens <= most) return undefined;
  return { verdict: 'replace', request: { ...request, maxOutputTokens: most } as never };
}

function refuse(what: string, is: number, most: number, where: 'request' | 'answer'): void {
  if (is <= most) return;
  throw new InferwayError('too_large', {
    message: `The ${where} has ${is} ${what}; the cap is ${most}. ${where === 'request' ? 'Send less' : 'Ask for less'}, or raise caps({ ${what} }).`,
    param: what,
    ...(where === 'request' ? { sent: 'no' as const } : {}),
  });
}

function charactersOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || depth > 100 || ArrayBuffer.isView(value))
    return 0;
  let sum = 0;
  for (const [name, member] of Object.entries(value)) {
    if (name !== 'type' && name !== 'role' && name !== 'opaque')
      sum += charactersOf(member, depth + 1);
  }
  return sum;
}
