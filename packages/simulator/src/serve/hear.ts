import { createHash } from 'node:crypto';
import type { Operation } from '@inferway/core';
import type { Generation } from '../answer/generation.js';
import type { GivenForm } from '../http/read-request.js';
import type { SimulatedModel } from '../models.js';
import { Recall } from '../recall.js';
import { hashText, SeededRandom } from '../seeded-random.js';
import type { SimulatorContext } from './context.js';
import type { AnyEndpoint } from './endpoint.js';
import type { Heard } from './heard.js';
import { modelReference } from './model-reference.js';

const LONGEST_REMEMBERED = 64 * 1024;
const TELLINGS = 8;

/**
 * Reads a body, text or a form; `undefined` where it is not JSON, or where `check`, which sees the parsed body first, says that it is not good.
 *
 * @throws {InferwayError} `invalid_request` for what the format refuses.
 */
export function hear<K extends Operation>(
  endpoint: AnyEndpoint<K>,
  context: SimulatorContext,
  given: string | GivenForm,
  check: (body: unknown) => boolean,
): Heard<K> | undefined {
  const asText = typeof given === 'string';
  const key = `${endpoint.format.name} ${asText ? given : given.fingerprint}`;
  const known = context.heard.get(key) as Heard<K> | undefined;
  if (known !== undefined) return check(known.body) ? known : undefined;
  const body = asText ? parsed(given) : given.form;
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
  // Forms hold files.
  if (asText && given.length <= LONGEST_REMEMBERED) {
    context.heard.set(key, heard as unknown as Heard<Operation>);
  }
  return heard;
}

/** The model's answer to a request. @throws {InferwayError} `invalid_request` where there can be none. */
export function answerTo<K extends Operation>(
  endpoint: AnyEndpoint<K>,
  context: SimulatorContext,
  heard: Heard<K>,
  model: SimulatedModel,
): Generation<K> {
  const known = heard.generations.get(model.id);
  if (known !== undefined) return known;
  const seed = hashText(textOfRequest(heard.request), hashText(model.id, context.seed));
  const made = endpoint.generate(heard.request, model, new SeededRandom(seed));
  heard.generations.set(model.id, made);
  return made;
}

/** What a seed is made of: bytes are known by their hash. */
function textOfRequest(request: unknown): string {
  return JSON.stringify(request, (_name, value: unknown) =>
    value instanceof Uint8Array ? createHash('sha256').update(value).digest('hex') : value,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
