import type { JsonObject, Operation, RequestOf, TokenPrices, Usage } from '@inferway/core';
import type { Format, WireBody } from '@inferway/wire';
import type { Generation } from '../answer/generation.js';
import type { Exchange } from '../http/exchange.js';
import type { ModelKind, SimulatedModel } from '../models.js';
import type { Problem, Voice } from '../protocols/voice.js';
import type { SeededRandom } from '../seeded-random.js';
import type { PromptSegment } from '../usage/prompt-segments.js';

/** A model as a request reached it. */
export interface Served {
  readonly model: SimulatedModel;
  /** The name that the answer gives. */
  readonly shownAs: string;
  readonly prices: TokenPrices;
  /** The provider behind a router. */
  readonly servedBy?: string | undefined;
  readonly billTo?: string | undefined;
  /** Headers beside the usual ones. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** One route of a protocol that answers with a model: the format it speaks and what the simulated model does there. */
export interface Endpoint<
  K extends Operation,
  Sent extends WireBody = JsonObject,
  Answered extends WireBody = JsonObject,
> {
  readonly format: Format<K, object, Sent, Answered>;
  readonly voice: Voice;
  readonly kind: ModelKind;
  /** How prompts are cached: where the request marks them, by themselves, or not at all. */
  readonly cache: 'marked' | 'automatic' | 'none';
  /** The protocol's own rules for a body, before it is read as a request. */
  check?(body: unknown, exchange: Exchange): Problem | undefined;
  /** Which model serves an id. */
  find(models: readonly SimulatedModel[], id: string, exchange: Exchange): Served | Problem;
  segments(request: RequestOf<K>): readonly PromptSegment[];
  /** Output tokens that the request allows. */
  maxOutputTokens(request: RequestOf<K>): number | undefined;
  /** Completes a JSON object of a stream's beginning with the usage that is known then. */
  start?(payload: Record<string, unknown>, usage: Usage): void;
  /** The answer. @throws {InferwayError} `invalid_request` where the request asks for what cannot be. */
  generate(request: RequestOf<K>, model: SimulatedModel, random: SeededRandom): Generation<K>;
}

/** An endpoint whatever its bodies are made of. */
export type AnyEndpoint<K extends Operation> = Endpoint<K, WireBody, WireBody>;

/** Tells the two apart. */
export function isProblem(found: Served | Problem): found is Problem {
  return 'kind' in found;
}
