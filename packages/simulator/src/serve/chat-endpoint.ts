import type { ChatRequest, Opaque } from '@inferway/core';
import type { Format } from '@inferway/wire';
import { chatAnswer } from '../answer/chat-answer.js';
import { chatGeneration, type StoppedBy } from '../answer/chat-generation.js';
import type { Generation } from '../answer/generation.js';
import type { SimulatedModel } from '../models.js';
import type { Voice } from '../protocols/voice.js';
import type { SeededRandom } from '../seeded-random.js';
import { promptSegments } from '../usage/prompt-segments.js';
import { checkImages } from './check-images.js';
import type { Endpoint } from './endpoint.js';
import { findPlain } from './find-plain.js';

/** What chat protocols do differently. */
export interface ChatProtocol {
  readonly format: Format<'chat'>;
  readonly voice: Voice;
  readonly cache: 'marked' | 'automatic';
  /** Whether reasoning is shown, where the model itself does not. */
  readonly reasoning: 'shown' | 'hidden';
  readonly callPrefix: string;
  /** The signature that shown reasoning gets. */
  readonly sign?: ((text: string) => Opaque) | undefined;
  /** What the protocol says of an answer that ended at a stop sequence. */
  readonly stopped?: ((sequence: string) => StoppedBy) | undefined;
}

/** A route that answers chat requests. */
export function chatEndpoint(protocol: ChatProtocol): Endpoint<'chat'> {
  const { format, voice, cache } = protocol;
  return {
    format,
    voice,
    cache,
    kind: 'chat',
    find: findPlain,
    segments: promptSegments,
    maxOutputTokens: (request) => request.maxOutputTokens,
    generate: (request, model, random) => generate(protocol, request, model, random),
  };
}

function generate(
  protocol: ChatProtocol,
  request: ChatRequest,
  model: SimulatedModel,
  random: SeededRandom,
): Generation<'chat'> {
  checkImages(request);
  const answer = chatAnswer(
    request,
    {
      reasons: model.reasons ?? false,
      reasoning: model.showsReasoning === true ? 'shown' : protocol.reasoning,
      maxOutputTokens: model.maxOutputTokens ?? 32_000,
      callPrefix: protocol.callPrefix,
    },
    random,
  );
  return chatGeneration(answer, {
    logprobs: request.logprobs,
    sign: protocol.sign,
    stopped: protocol.stopped,
    seed: random.seed,
  });
}
