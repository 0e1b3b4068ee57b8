import type { Operation } from '@inferway/core';
import type { Generation } from '../answer/generation.js';
import type { SimulatedModel } from '../models.js';
import { Recall } from '../recall.js';
import { hashText, SeededRandom } from '../seeded-random.js';
import type { SimulatorContext } from './context.js';
import type { Endpoint } from './endpoint.js';
import type { Heard } from './heard.js';
import { modelReference } from './model-reference.js';

const LONGEST_REMEMBERED = 64 * 1024;
const TELLINGS = 8;

/**
 * Reads a body; `undefined` where it is not JSON, or where `check`, which sees the parsed body first, says that it is not good.
 *
 * @throws {InferwayError} `invalid_request` for what the format refuses.
 */
export function hear<K extends Operation>(
  endpoint: Endpoint<K>,
  context: SimulatorContext,
  text: string,
  check: (body: unknown) => boolean,
): Heard<K> | undefined {
  const key = `${endpoint.format.name} ${text}`;
  const known = context.heard.get(key) as Heard<K> | undefined;
  if (known !== undefined) return check(known.body) ? known : undefined;
  const body = parsed(text);
  if (body === undefined || !check(body)) return undefined;
  const { model, stream, request, as } = endpoint.format.decodeRequest(body);
  const segments = endpoint.segments(request);
  const heard: Heard<K> = {
    body,
    reference: modelReference(model),
    stream,
    request,
    as,
    segments,
    inputTokens: segments.reduce((sum, segment) => sum + segment.tokens, 0),
    generations: new Map(),
    told: new Recall(TELLINGS),
  };
  if (text.length <= LONGEST_REMEMBERED) {
    context.heard.set(key, heard as unknown as Heard<Operation>);
  }
  return heard;
}

/** The model's answer to a request. @throws {InferwayError} `invalid_request` where there can be none. */
export function answerTo<K extends Operation>(
  endpoint: Endpoint<K>,
  context: SimulatorContext,
  heard: Heard<K>,
  model: SimulatedModel,
): Generation<K> {
  const known = heard.generations.get(model.id);
  if (known !== undefined) return known;
  const seed = hashText(JSON.stringify(heard.request), hashText(model.id, context.seed));
  const made = endpoint.generate(heard.request, model, new SeededRandom(seed));
  heard.generations.set(model.id, made);
  return made;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
