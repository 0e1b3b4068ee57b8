import { imageTraits, speechTraits, transcribeTraits } from '@inferway/core';
import {
  openaiImages,
  openaiSpeech,
  openaiTranscriptions,
  openaiTranslations,
  rerank,
} from '@inferway/wire';
import type { GatewayParts } from './gateway-parts.js';
import { moderations } from './moderations.js';
import { OPENAI } from './protocol.js';
import type { Route } from './route.js';
import { serveCall } from './serve-call.js';
import type { Surface } from './surface.js';

const images: Surface<'image'> = {
  operation: 'image',
  format: openaiImages,
  traits: imageTraits,
  idPrefix: 'img-',
};

/** Images, audio, ranking and moderation, in OpenAI's protocol. */
export function mediaRoutes(parts: GatewayParts): Route[] {
  const post = (path: string, serve: Route['serve']): Route => ({
    method: 'POST',
    path,
    protocol: OPENAI,
    serve,
  });
  const transcribe = {
    operation: 'transcribe',
    traits: transcribeTraits,
    idPrefix: 'trsc-',
    takes: 'form',
  } as const;
  return [
    post('/v1/images/generations', serveCall(images, parts)),
    post('/v1/images/edits', serveCall({ ...images, takes: 'form' }, parts)),
    post(
      '/v1/audio/speech',
      serveCall(
        {
          operation: 'speech',
          format: openaiSpeech,
          traits: speechTraits,
          idPrefix: 'speech-',
          // Callers of this protocol read the file itself, whatever the provider gives.
          complete: (request) => ({ ...request, delivery: 'bytes' as const }),
        },
        parts,
      ),
    ),
    post(
      '/v1/audio/transcriptions',
      serveCall({ ...transcribe, format: openaiTranscriptions }, parts),
    ),
    post('/v1/audio/translations', serveCall({ ...transcribe, format: openaiTranslations }, parts)),
    post(
      '/v1/rerank',
      serveCall({ operation: 'rerank', format: rerank, idPrefix: 'rerank-' }, parts),
    ),
    post(
      '/v1/moderations',
      serveCall({ operation: 'raw', format: moderations, idPrefix: 'modr-' }, parts),
    ),
  ];
}
