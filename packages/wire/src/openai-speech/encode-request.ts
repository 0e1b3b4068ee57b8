import type { JsonObject, SpeechRequest } from '@inferway/core';
import { unsupported, warnForeignFields } from '../dropped.js';
import type { EncodeTarget } from '../format.js';
import { addFields, type JsonBody } from '../json-body.js';
import { fieldOf, takes, writeSettings } from '../openai/settings.js';
import { OPENAI_SPEECH, type OpenAISpeechDialect, type SpeechSetting } from './dialect.js';

const PLAIN: readonly (readonly [SpeechSetting, string])[] = [
  ['speed', 'speed'],
  ['instructions', 'instructions'],
  ['language', 'language'],
  ['sampleRate', 'sample_rate'],
  ['user', 'user'],
];

type Target = EncodeTarget<OpenAISpeechDialect>;

/** Canonical request to the body of a speech call. */
export function encodeRequest(request: SpeechRequest, to: Target): JsonObject {
  const body: JsonBody = { model: to.model, input: request.text };
  const voice = takes(request, 'voice', to) ? request.voice : to.dialect?.voice;
  if (voice !== undefined) body[fieldOf('voice', 'voice', to)] = voice;
  writeFormat(request, to, body);
  writeSettings(request, PLAIN, to, body);
  if (request.delivery === 'url') {
    to.warn(unsupported('delivery', `${to.provider} gives audio as bytes`));
  }
  if (to.stream) {
    const { streams = 'bytes' } = to.dialect ?? {};
    if (streams === 'sse') body['stream_format'] = 'sse';
    else if (streams === 'flag') body['stream'] = true;
  }
  if (request.passthrough?.format === OPENAI_SPEECH) addFields(body, request.passthrough.fields);
  else warnForeignFields(request.passthrough, to);
  addFields(body, request.providerOptions?.[to.provider]);
  return body;
}

function writeFormat(request: SpeechRequest, to: Target, body: JsonBody): void {
  const { formats, streamFormat } = to.dialect ?? {};
  let format = takes(request, 'format', to) ? request.format : undefined;
  if (to.stream && streamFormat !== undefined) {
    if (format !== undefined && format !== streamFormat) {
      to.warn(unsupported('format', `${to.provider} streams audio only as "${streamFormat}"`));
    }
    format = streamFormat;
  }
  if (format === undefined) return;
  const word = formats === undefined ? format : formats[format];
  if (word !== undefined) body[fieldOf('format', 'response_format', to)] = word;
  else to.warn(unsupported('format', `"${to.model}" does not give "${format}"`));
}
