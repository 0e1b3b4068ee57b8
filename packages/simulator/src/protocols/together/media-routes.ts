import {
  openaiImages,
  openaiSpeech,
  openaiTranscriptions,
  openaiTranslations,
  rerank,
} from '@inferway/wire';
import type { SimulatorContext } from '../../serve/context.js';
import { editedFormat, type Payload, type WireEdits } from '../../serve/edited-format.js';
import { imageEndpoint } from '../../serve/image-endpoint.js';
import { imageLinkRoute } from '../../serve/link-route.js';
import { postRoute } from '../../serve/plain-routes.js';
import { rerankEndpoint } from '../../serve/rerank-endpoint.js';
import { speechEndpoint } from '../../serve/speech-endpoint.js';
import { transcribeEndpoint } from '../../serve/transcribe-endpoint.js';
import type { Route } from '../protocol.js';
import { togetherVoice as voice } from './voice.js';

/** Together's images (as links, where not asked otherwise), audio (a WAV, where not asked otherwise) and rankings. */
export function mediaRoutes(context: SimulatorContext): readonly Route[] {
  const images = imageEndpoint(voice, {
    format: editedFormat(openaiImages, imageWords),
    delivery: 'url',
    links: '/together/images',
  });
  const speech = speechEndpoint(voice, {
    format: editedFormat(openaiSpeech, { provider: 'together' }),
    defaultFormat: 'wav',
  });
  const heard = transcribeEndpoint(voice, editedFormat(openaiTranscriptions, heardWords));
  const translated = transcribeEndpoint(voice, editedFormat(openaiTranslations, heardWords));
  const ranked = rerankEndpoint(voice, editedFormat(rerank, rankingWords));
  return [
    postRoute(/^\/v1\/images\/generations$/u, images, context),
    imageLinkRoute(/^\/images\/([\w-]+)$/u),
    postRoute(/^\/v1\/audio\/speech$/u, speech, context),
    postRoute(/^\/v1\/audio\/transcriptions$/u, heard, context),
    postRoute(/^\/v1\/audio\/translations$/u, translated, context),
    postRoute(/^\/v1\/rerank$/u, ranked, context),
  ];
}

const imageWords: WireEdits = {
  provider: 'together',
  answer(body, asked) {
    delete body['created'];
    delete body['output_format'];
    delete body['usage'];
    body['id'] = 'img-simulated';
    body['object'] = 'list';
    body['model'] = asked['model'];
    const type = asked['response_format'] === 'base64' ? 'b64_json' : 'url';
    body['data'] = (body['data'] as readonly Payload[]).map((image, index) => ({
      index,
      type,
      ...image,
    }));
  },
};

const heardWords: WireEdits = {
  provider: 'together',
  answer(body) {
    delete body['usage'];
    const segments = (body['segments'] ?? []) as readonly Payload[];
    if (segments[0]?.['speaker'] === undefined) return;
    body['speaker_segments'] = segments.map(({ speaker, ...segment }) => ({
      ...segment,
      speaker_id: speaker,
      words: [],
    }));
    body['segments'] = segments.map(({ speaker: _, ...segment }) => segment);
  },
};

const rankingWords: WireEdits = {
  provider: 'together',
  answer(body) {
    body['object'] = 'rerank';
    // Counted as chats are: without a completion the client's types would not hold.
    body['usage'] = { ...(body['usage'] as Payload), completion_tokens: 0 };
    delete body['meta'];
  },
};
