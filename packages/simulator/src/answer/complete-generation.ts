import type {
  CompleteChoice,
  CompleteEvent,
  CompleteLogprobs,
  CompleteRequest,
  Usage,
} from '@inferway/core';
import { SeededRandom } from '../seeded-random.js';
import { echoOf } from '../text/echo.js';
import { lengthWish } from '../text/length-wish.js';
import { prose } from '../text/prose.js';
import { tokenize } from '../text/tokenizer.js';
import type { SimulatedChoice } from './answer.js';
import { fit } from './fit.js';
import type { Generation, Step } from './generation.js';
import { logprobOf } from './logprobs.js';

// What the API continues to where the request says nothing.
const DEFAULT_LENGTH = 16;

/** What servers do differently with a continuation. */
export interface ContinuationRules {
  /** Tokens where the request says nothing. */
  readonly defaultLength?: number | undefined;
  /** True: the stop sequence that ended a text stands at its end. */
  readonly keepsStop?: boolean | undefined;
}

/** Continues a text. */
export function completeGeneration(
  request: CompleteRequest,
  mostTokens: number,
  random: SeededRandom,
  rules: ContinuationRules = {},
): Generation<'complete'> {
  const limit = Math.min(
    request.maxOutputTokens ?? rules.defaultLength ?? DEFAULT_LENGTH,
    mostTokens,
  );
  const count = Math.max(1, request.choices ?? 1);
  const choices = Array.from({ length: count }, (_, number) =>
    stopped(continuation(request, limit, random.fork(`choice ${number}`)), rules),
  );
  const outputTokens = choices.reduce((sum, choice) => sum + tokensOf(choice).length, 0);
  const prefix = request.echo === true ? request.prompt : '';
  return {
    outputTokens,
    reasoningTokens: 0,
    steps(size: number, usage: Usage) {
      return [
        { kind: 'start', events: [{ type: 'start' }], tokens: 0 },
        ...choices.flatMap((choice, number) =>
          choiceSteps(choice, number, size, prefix, request.logprobs, random.seed),
        ),
        { kind: 'end', events: [{ type: 'end', usage }], tokens: 0 },
      ];
    },
    result() {
      const [first = EMPTY, ...rest] = choices.map((choice): CompleteChoice => {
        const tokens = tokensOf(choice);
        return {
          text: prefix + tokens.join(''),
          finishReason: choice.finishReason,
          ...logprobs(tokens, prefix.length, request.logprobs, random.seed),
        };
      });
      return rest.length === 0 ? first : { ...first, alternatives: rest };
    },
  };
}

const EMPTY: CompleteChoice = { text: '', finishReason: { unified: 'stop' } };

function continuation(
  request: CompleteRequest,
  limit: number,
  random: SeededRandom,
): SimulatedChoice {
  const { words, codes } = echoOf(request.prompt.slice(-400), request.prompt);
  const wish = lengthWish(request.prompt) ?? { unit: 'sentences', count: random.int(3, 6) };
  const opening = ['Simulated', 'continuation', 'of', ...codes, ...words.slice(-6)].join(' ');
  const text = ` ${prose(opening, wish, random)}`;
  return fit(
    { parts: [{ type: 'text', tokens: tokenize(text) }], finishReason: { unified: 'stop' } },
    limit,
    request.stop ?? [],
  );
}

function stopped(choice: SimulatedChoice, { keepsStop }: ContinuationRules): SimulatedChoice {
  const { stopSequence, parts } = choice;
  if (stopSequence === undefined || keepsStop !== true) return choice;
  const stop = { type: 'text', tokens: tokenize(stopSequence) } as const;
  return {
    ...choice,
    parts: [...parts, stop],
    finishReason: { unified: 'stop', raw: 'stop_sequence' },
  };
}

function tokensOf(choice: SimulatedChoice): readonly string[] {
  return choice.parts.flatMap((part) => part.tokens);
}

function choiceSteps(
  choice: SimulatedChoice,
  number: number,
  size: number,
  prefix: string,
  count: number | undefined,
  seed: number,
): Step<CompleteEvent>[] {
  const at = number === 0 ? {} : { choice: number };
  const tokens = tokensOf(choice);
  const steps: Step<CompleteEvent>[] = [];
  if (prefix !== '') {
    const event = { type: 'text-delta', text: prefix, ...at } as const;
    steps.push({ kind: 'text', events: [event], tokens: 0 });
  }
  let offset = prefix.length;
  for (let start = 0; start < tokens.length; start += size) {
    const piece = tokens.slice(start, start + size);
    const text = piece.join('');
    const event = {
      type: 'text-delta',
      text,
      ...logprobs(piece, offset, count, seed),
      ...at,
    } as const;
    steps.push({ kind: 'text', events: [event], tokens: piece.length });
    offset += text.length;
  }
  const finish = { type: 'finish', finishReason: choice.finishReason, ...at } as const;
  return [...steps, { kind: 'finish', events: [finish], tokens: 0 }];
}

function logprobs(
  tokens: readonly string[],
  offset: number,
  count: number | undefined,
  seed: number,
): { readonly logprobs?: CompleteLogprobs } {
  if (count === undefined) return {};
  const entries = tokens.map((token) => logprobOf(token, count, new SeededRandom(seed)));
  let place = offset;
  return {
    logprobs: {
      tokens,
      tokenLogprobs: entries.map((entry) => entry.logprob),
      topLogprobs: entries.map((entry) =>
        Object.fromEntries((entry.top ?? []).map((other) => [other.token, other.logprob])),
      ),
      textOffset: tokens.map((token) => {
        place += token.length;
        return place - token.length;
      }),
    },
  };
}
