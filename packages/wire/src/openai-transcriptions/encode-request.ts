import { InferwayError, type TranscribeRequest } from '@inferway/core';
import { MultipartBody, type FormPart } from '../body.js';
import { unsupported, warnForeignFields } from '../dropped.js';
import { formFile } from '../form-file.js';
import { formParts } from '../form-fields.js';
import type { EncodeTarget } from '../format.js';
import { addFields, type JsonBody } from '../json-body.js';
import { takes, writeSettings } from '../openai/settings.js';
import { chooseForm } from './choose-form.js';
import {
  OPENAI_TRANSCRIPTIONS,
  type OpenAITranscriptionsDialect,
  type TranscribeSetting,
} from './dialect.js';

const PLAIN: readonly (readonly [TranscribeSetting, string])[] = [
  ['prompt', 'prompt'],
  ['temperature', 'temperature'],
];

type Target = EncodeTarget<OpenAITranscriptionsDialect>;

/** The path of a request: translations into English have one of their own. */
export function openaiTranscriptionsPath(_modelId: string, request: TranscribeRequest): string {
  return request.translate === true ? 'audio/translations' : 'audio/transcriptions';
}

/** Canonical request to the form of a transcription or translation. */
export function encodeRequest(request: TranscribeRequest, to: Target): MultipartBody {
  const body: JsonBody = { model: to.model, ...to.dialect?.defaults };
  writeSettings(request, PLAIN, to, body);
  if (request.translate !== true) {
    writeSettings<TranscribeSetting>(request, [['language', 'language']], to, body);
  } else if (request.language !== undefined) {
    to.warn(unsupported('language', 'a translation is always into English'));
  }
  const { form, timestamps, diarizeField } = chooseForm(request, to);
  if (form !== undefined) body['response_format'] = form;
  if (timestamps) body['timestamp_granularities'] = request.timestamps;
  if (diarizeField !== undefined) body[diarizeField] = true;
  if (request.logprobs === true && takes(request, 'logprobs', to)) body['include'] = ['logprobs'];
  if (to.stream && to.dialect?.streams !== false) body['stream'] = true;
  if (request.passthrough?.format === OPENAI_TRANSCRIPTIONS) {
    addFields(body, request.passthrough.fields);
  } else warnForeignFields(request.passthrough, to);
  addFields(body, request.providerOptions?.[to.provider]);
  return new MultipartBody([...formParts(body), audioPart(request, to)]);
}

function audioPart({ audio }: TranscribeRequest, to: Target): FormPart {
  const urlField = to.dialect?.urlField;
  if (audio.type !== 'url') return formFile('file', audio, 'audio');
  if (urlField !== undefined) return { name: urlField, value: audio.url };
  throw new InferwayError('invalid_request', {
    message: `${to.provider} does not fetch audio from a URL. Fetch it and give the bytes or the stream of the answer as "audio".`,
    param: 'audio',
    sent: 'no',
  });
}
