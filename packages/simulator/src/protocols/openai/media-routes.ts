import { openaiTranscriptions, openaiTranslations } from '@inferway/wire';
import type { SimulatorContext } from '../../serve/context.js';
import { imageEndpoint } from '../../serve/image-endpoint.js';
import { imageLinkRoute } from '../../serve/link-route.js';
import { postRoute } from '../../serve/plain-routes.js';
import { rerankEndpoint } from '../../serve/rerank-endpoint.js';
import { speechEndpoint } from '../../serve/speech-endpoint.js';
import { transcribeEndpoint } from '../../serve/transcribe-endpoint.js';
import type { Route } from '../protocol.js';
import { imageRule, speechRule, transcriptionRule } from './media-rules.js';
import { moderationRoute } from './moderations.js';
import { openaiVoice as voice } from './voice.js';

/** Images, audio and moderations, and a ranking, which OpenAI itself does not have but many that speak its protocol do. */
export function mediaRoutes(context: SimulatorContext): readonly Route[] {
  const images = { ...imageEndpoint(voice, { links: '/openai/images' }), check: imageRule };
  const speech = { ...speechEndpoint(voice), check: speechRule };
  const transcriptions = { ...transcribeEndpoint(voice, streamable), check: transcriptionRule };
  const translations = {
    ...transcribeEndpoint(voice, openaiTranslations),
    check: transcriptionRule,
  };
  return [
    postRoute(/^\/v1\/images\/(?:generations|edits)$/u, images, context),
    imageLinkRoute(/^\/images\/([\w-]+)$/u),
    postRoute(/^\/v1\/audio\/speech$/u, speech, context),
    postRoute(/^\/v1\/audio\/transcriptions$/u, transcriptions, context),
    postRoute(/^\/v1\/audio\/translations$/u, translations, context),
    postRoute(/^\/v1\/rerank$/u, rerankEndpoint(voice), context),
    moderationRoute(context),
  ];
}

/** `stream` is ignored by this model, whose answer comes whole. */
const streamable: typeof openaiTranscriptions = {
  ...openaiTranscriptions,
  decodeRequest(body) {
    const decoded = openaiTranscriptions.decodeRequest(body);
    return decoded.model === 'whisper-1' ? { ...decoded, stream: false } : decoded;
  },
};
