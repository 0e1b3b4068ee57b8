import { isJsonObject, type JsonObject } from '@inferway/core';
import { isSigned, signThinking } from '../signature.js';

/** Where a block stands among the thinking blocks of its answer, from 1. */
export interface Place {
  readonly number: number;
  readonly of: number;
}

/** The `signature` of a thinking block: it holds the block's place and vouches for its text. */
export function signBlock(text: string, place: Place, seed: number): string {
  const head = `${place.number}.${place.of}.${signThinking(text, seed)}`;
  return `${head}.${signThinking(head, seed)}`;
}

/** The `data` of a `redacted_thinking` block. */
export function redactBlock(place: Place, seed: number): string {
  return signBlock('redacted', place, seed);
}

const MODIFIED =
  ': `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.';

/**
 * What is wrong with the thinking that a conversation sends back, with its place; undefined where nothing is. Signatures are checked in every
 * turn, texts and order in the latest one of the assistant (platform.claude.com, "Claude API errors", "Troubleshooting thinking").
 */
export function brokenThinking(turns: readonly unknown[], seed: number): string | undefined {
  const latest = turns.findLastIndex((turn) => isJsonObject(turn) && turn['role'] === 'assistant');
  for (const [number, turn] of turns.entries()) {
    if (!isJsonObject(turn) || turn['role'] !== 'assistant' || !Array.isArray(turn['content']))
      continue;
    const broken = brokenTurn(turn['content'], number === latest, seed);
    if (broken !== undefined) return `messages.${number}.content.${broken}`;
  }
  return undefined;
}

function brokenTurn(
  content: readonly unknown[],
  isLatest: boolean,
  seed: number,
): string | undefined {
  let next = 1;
  let last = 0;
  for (const [index, block] of content.entries()) {
    const { type } = isJsonObject(block) ? block : {};
    if (type !== 'thinking' && type !== 'redacted_thinking') continue;
    const read = readBlock(block as JsonObject, seed);
    if (typeof read === 'string') return `${index}${read}`;
    if (!isLatest) continue;
    if (!read.whole || read.place.number !== next) return `${index}${MODIFIED}`;
    next = read.place.number === read.place.of ? 1 : next + 1;
    last = index;
  }
  // The answer had more of them.
  return next === 1 ? undefined : `${last}${MODIFIED}`;
}

/** The block's place and whether its text is the one that was given; or what is wrong with it. */
function readBlock(
  block: JsonObject,
  seed: number,
): { readonly place: Place; readonly whole: boolean } | string {
  const redacted = block['type'] === 'redacted_thinking';
  const field = redacted ? 'data' : 'signature';
  const signature = block[field];
  if (typeof signature !== 'string') return `.${field}: Field required`;
  const [number = '', of = '', ofText = '', ofHead = ''] = signature.split('.');
  if (!isSigned(`${number}.${of}.${ofText}`, ofHead, seed))
    return `: Invalid \`${field}\` in \`${String(block['type'])}\` block`;
  const text = redacted ? 'redacted' : String(block['thinking']);
  return {
    place: { number: Number(number), of: Number(of) },
    // Thinking that is not shown is whole in its signature.
    whole: text === '' || isSigned(text, ofText, seed),
  };
}
