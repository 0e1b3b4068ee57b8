import type { Call } from './call.js';
import type { OperationTraits } from './traits.js';

/*
 * Estimates of tokens, for answers whose usage nobody reported, so that budgets have a figure. Written languages in Latin script take
 * about four characters a token with the tokenizers in use, others about one to two; the error is some tens of per cent.
 */
const CHARACTERS_A_TOKEN = 4;
// A picture or a page of audio is priced by its size, which its bytes do not tell.
const TOKENS_A_MEDIUM = 1000;

/** About how many tokens so many characters are. */
export function tokensOf(characters: number): number {
  return Math.ceil(characters / CHARACTERS_A_TOKEN);
}

/** About how many input tokens a request is: all its text; media by the piece; a list of token ids by its length. */
export function estimateInput(call: Call): number {
  return estimateTokens(call.request);
}

/** The same of any part of a request. */
export function estimateTokens(value: unknown): number {
  return Math.ceil(weigh(value, 0));
}

/** A figure that `estimateInput` is never above, and that costs no look at each character. */
export function roughInput(call: Call): number {
  return Math.ceil(weigh(call.request, 0, mostOfText));
}

/** About how many output tokens a unary result holds. */
export function estimateOutput(call: Call, result: unknown): number {
  const traits: OperationTraits<never> | undefined = call.state.runtime.traits(call.operation);
  const events = traits?.unfold?.(result as never, undefined) as readonly never[] | undefined;
  // What an operation cannot say of itself is taken for its text.
  if (events === undefined) return Math.ceil(weigh(result, 0));
  return tokensOf(events.reduce((sum, event) => sum + outputLength(traits, event), 0));
}

/** Characters of the model's output in one event. */
export function outputLength(traits: OperationTraits<never> | undefined, event: never): number {
  if (traits?.outputLength !== undefined) return traits.outputLength(event);
  return traits?.text?.(event)?.length ?? 0;
}

function weigh(
  value: unknown,
  depth: number,
  ofText: (text: string) => number = weighText,
): number {
  if (typeof value === 'string') return ofText(value);
  if (typeof value === 'number') return 1;
  if (typeof value !== 'object' || value === null || depth > 100) return 0;
  let weight = 0;
  if (Array.isArray(value)) {
    for (const item of value) weight += weigh(item, depth + 1, ofText);
    return weight;
  }
  // Read, not asked for by `in`, which takes several times as long.
  const { mediaType, type } = value as { readonly mediaType?: unknown; readonly type?: unknown };
  // What is given by its address seldom says of which type it is.
  if (mediaType !== undefined || type === 'url' || ArrayBuffer.isView(value)) {
    return TOKENS_A_MEDIUM;
  }
  // Own members only: what a prototype has is no part of the request.
  for (const name of Object.keys(value)) {
    weight += weigh((value as Readonly<Record<string, unknown>>)[name], depth + 1, ofText);
  }
  return weight;
}

// Most text is ASCII, which is told faster than each character is looked at where there are many.
const LONG_TEXT = 64;

function weighText(text: string): number {
  if (text.length > LONG_TEXT && Buffer.byteLength(text) === text.length) {
    return text.length / CHARACTERS_A_TOKEN;
  }
  let wide = 0;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x2ff) wide++;
  return (text.length - wide) / CHARACTERS_A_TOKEN + wide / 1.5;
}

function mostOfText(text: string): number {
  return text.length / 1.5;
}
