import type { JsonObject, SpeechRequest } from '@inferway/core';
import { checkBody, type Fields } from '../checks.js';
import type { DecodedRequest } from '../format.js';
import { defined } from '../json-body.js';
import { OPENAI_SPEECH, type SpeechFormat } from './dialect.js';

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'input',
  'voice',
  'response_format',
  'speed',
  'instructions',
  'language',
  'sample_rate',
  'stream_format',
  'stream',
  'user',
]);

const FORMATS = ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm', 'raw'] as const;

/**
 * A caller's body of a speech call to canonical request. `as.form` is `sse` for events, `chunks` for those of `stream: true`, and
 * undefined for the file itself. Unknown fields, and a voice that is an object, are kept in `passthrough`.
 */
export function decodeRequest(body: unknown): DecodedRequest<'speech'> {
  const fields = checkBody(body);
  const model = fields.requiredString('model');
  if (model === '') fields.refuse('model', 'must name a model.');
  const text = fields.requiredString('input');
  if (text === '') fields.refuse('input', 'must hold a text to speak.');
  const rest = restOf(fields);
  const request: SpeechRequest = defined({
    text,
    voice: typeof fields.value('voice') === 'object' ? undefined : fields.string('voice'),
    format: formatOf(fields),
    speed: fields.number('speed', 0.25, 4),
    instructions: fields.string('instructions'),
    language: fields.string('language'),
    sampleRate: fields.integer('sample_rate', 1),
    user: fields.string('user'),
    passthrough: rest === undefined ? undefined : { format: OPENAI_SPEECH, fields: rest },
  });
  const streamed = fields.oneOf('stream_format', ['sse', 'audio']);
  const chunks = fields.boolean('stream') === true;
  const form = streamed === 'sse' ? 'sse' : chunks ? 'chunks' : undefined;
  return {
    model,
    stream: streamed !== undefined || chunks,
    request,
    as: form === undefined ? {} : { form },
  };
}

function formatOf(fields: Fields): SpeechFormat | undefined {
  const format = fields.oneOf('response_format', FORMATS);
  return format === 'raw' ? 'pcm' : format;
}

function restOf(fields: Fields): JsonObject | undefined {
  const rest = fields.rest(KNOWN);
  if (typeof fields.value('voice') !== 'object') return rest;
  const voice = fields.requiredFields('voice');
  voice.requiredString('id');
  return { ...rest, voice: voice.object };
}
