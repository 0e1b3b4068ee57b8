import { isJsonObject, type JsonObject, type JsonValue } from '@inferway/core';
import { readBody } from '../../http/read-body.js';
import { checkKey } from '../../serve/check-key.js';
import type { SimulatorContext } from '../../serve/context.js';
import { findModel } from '../../serve/model-reference.js';
import { refuse } from '../../serve/serve.js';
import type { Route } from '../protocol.js';
import type { Problem } from '../voice.js';
import { openaiVoice as voice } from './voice.js';

/** The words that a category is found by. */
const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  harassment: ['idiot', 'stupid'],
  'harassment/threatening': ['hurt you'],
  hate: ['vermin'],
  'hate/threatening': ['exterminate them'],
  illicit: ['lockpick', 'counterfeit'],
  'illicit/violent': ['pipe bomb'],
  'self-harm': ['self-harm'],
  'self-harm/intent': ['hurt myself'],
  'self-harm/instructions': ['how to self-harm'],
  sexual: ['explicit'],
  'sexual/minors': [],
  violence: ['kill', 'stab', 'bomb'],
  'violence/graphic': ['gore'],
};

/** `POST /v1/moderations`: by a list of words, free of charge. */
export function moderationRoute(context: SimulatorContext): Route {
  return {
    method: 'POST',
    path: /^\/v1\/moderations$/u,
    async handle(exchange) {
      const text = await readBody(exchange.request, context.maxBodyBytes);
      const denied = checkKey(voice, context, exchange);
      if (denied !== undefined) return refuse(voice, denied, exchange);
      const read = readInput(text, context);
      if ('kind' in read) return refuse(voice, read, exchange);
      exchange.over('complete');
      return exchange.send({
        status: 200,
        body: {
          id: `modr-${exchange.requestId.slice(4)}`,
          model: read.model,
          results: read.texts.map((one) => judged(one)),
        },
      });
    },
  };
}

function judged(text: string): JsonObject {
  const lower = text.toLowerCase();
  const found = Object.entries(CATEGORIES).map(
    ([name, words]) => [name, words.some((word) => lower.includes(word))] as const,
  );
  return {
    flagged: found.some(([, hit]) => hit),
    categories: Object.fromEntries(found),
    category_scores: Object.fromEntries(found.map(([name, hit]) => [name, hit ? 0.98 : 0.0001])),
    category_applied_input_types: Object.fromEntries(found.map(([name]) => [name, ['text']])),
  };
}

function readInput(
  text: string | undefined,
  context: SimulatorContext,
): { readonly model: string; readonly texts: readonly string[] } | Problem {
  if (text === undefined) return { kind: 'too-large', limit: context.maxBodyBytes };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { kind: 'malformed-json' };
  }
  if (!isJsonObject(body)) return { kind: 'malformed-json' };
  const model = typeof body['model'] === 'string' ? body['model'] : 'omni-moderation-latest';
  if (
    !model.startsWith('omni-moderation-') &&
    findModel(context.models, model)?.kind !== 'moderation'
  ) {
    return { kind: 'unknown-model', model };
  }
  const texts = textsOf(body['input']);
  return texts === undefined ? badInput() : { model, texts };
}

/** A text, texts, or parts that are judged together. */
function textsOf(input: JsonValue | undefined): readonly string[] | undefined {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input) || input.length === 0) return undefined;
  if (input.every((entry) => typeof entry === 'string')) return input as readonly string[];
  if (!input.every((entry) => isJsonObject(entry))) return undefined;
  return [input.map((part) => String((part as JsonObject)['text'] ?? '')).join('\n')];
}

function badInput(): Problem {
  const message = "Invalid value for 'input': expected a string or an array.";
  const error = { message, type: 'invalid_request_error', param: 'input', code: 'invalid_type' };
  return { kind: 'refused', answer: { status: 400, body: { error } } };
}
