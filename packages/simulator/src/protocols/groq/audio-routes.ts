import { openaiSpeech, openaiTranscriptions, openaiTranslations } from '@inferway/wire';
import type { SimulatorContext } from '../../serve/context.js';
import { editedFormat, type WireEdits } from '../../serve/edited-format.js';
import { postRoute } from '../../serve/plain-routes.js';
import { speechEndpoint } from '../../serve/speech-endpoint.js';
import { transcribeEndpoint } from '../../serve/transcribe-endpoint.js';
import type { Route } from '../protocol.js';
import { groqVoice as voice } from './voice.js';

/** Groq's speech and transcriptions. */
export function audioRoutes(context: SimulatorContext): readonly Route[] {
  const speech = speechEndpoint(voice, {
    format: editedFormat(openaiSpeech, { provider: 'groq' }),
  });
  const transcribe = transcribeEndpoint(voice, editedFormat(openaiTranscriptions, heardWords));
  const translate = transcribeEndpoint(voice, editedFormat(openaiTranslations, heardWords));
  return [
    postRoute(/^\/openai\/v1\/audio\/speech$/u, speech, context),
    postRoute(/^\/openai\/v1\/audio\/transcriptions$/u, transcribe, context),
    postRoute(/^\/openai\/v1\/audio\/translations$/u, translate, context),
  ];
}

const heardWords: WireEdits = {
  provider: 'groq',
  answer(body) {
    body['x_groq'] = { id: 'req_simulated' };
    delete body['usage'];
  },
};
