import { openaiTranscriptions, openaiTranslations, rerank } from '@inferway/wire';
import type { SimulatorContext } from '../../serve/context.js';
import { editedFormat, type WireEdits } from '../../serve/edited-format.js';
import { postRoute } from '../../serve/plain-routes.js';
import { rerankEndpoint } from '../../serve/rerank-endpoint.js';
import { transcribeEndpoint } from '../../serve/transcribe-endpoint.js';
import type { Route } from '../protocol.js';
import { findFireworks as find } from './find.js';
import { fireworksVoice as voice } from './voice.js';

/** Fireworks' rankings, and its transcriptions, which have hosts of their own in the world and here an address beside. */
export function mediaRoutes(context: SimulatorContext): readonly Route[] {
  const heard = { ...transcribeEndpoint(voice, editedFormat(openaiTranscriptions, OWN)), find };
  const translated = { ...transcribeEndpoint(voice, editedFormat(openaiTranslations, OWN)), find };
  const ranked = { ...rerankEndpoint(voice, editedFormat(rerank, rankingWords)), find };
  return [
    postRoute(/^\/inference\/v1\/rerank$/u, ranked, context),
    postRoute(/^(?:\/inference)?\/v1\/audio\/transcriptions$/u, heard, context),
    postRoute(/^(?:\/inference)?\/v1\/audio\/translations$/u, translated, context),
  ];
}

const OWN: WireEdits = { provider: 'fireworks' };

const rankingWords: WireEdits = {
  ...OWN,
  answer(body) {
    body['object'] = 'list';
    body['data'] = body['results'];
    delete body['results'];
    delete body['meta'];
  },
};
