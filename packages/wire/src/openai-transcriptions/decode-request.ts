import type { FileData, TranscribeRequest } from '@inferway/core';
import { refuse, type Fields } from '../checks.js';
import { mediaOfUrl } from '../data-url.js';
import { fileOf, readForm, type FormShape, type ReadForm } from '../form-fields.js';
import type { DecodedRequest } from '../format.js';
import { defined } from '../json-body.js';
import { OPENAI_TRANSCRIPTIONS, TRANSCRIPT_FORMS } from './dialect.js';

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'file',
  'url',
  'language',
  'prompt',
  'response_format',
  'temperature',
  'timestamp_granularities',
  'include',
  'stream',
  'diarize',
]);

const FORM: FormShape = {
  numbers: ['temperature'],
  booleans: ['stream', 'diarize'],
  lists: ['timestamp_granularities', 'include'],
};

/** A caller's form of a transcription to canonical request. Unknown fields are kept in `passthrough`. */
export function decodeRequest(body: unknown): DecodedRequest<'transcribe'> {
  const form = readForm(body, FORM);
  const { fields } = form;
  const model = fields.requiredString('model');
  if (model === '') fields.refuse('model', 'must name a model.');
  const answer = fields.oneOf('response_format', TRANSCRIPT_FORMS) ?? 'json';
  const include = listOf(fields, 'include', ['logprobs'] as const);
  const rest = fields.rest(KNOWN);
  const diarize = answer === 'diarized_json' || fields.boolean('diarize') === true;
  const request: TranscribeRequest = defined({
    audio: audioOf(form),
    language: fields.string('language'),
    prompt: fields.string('prompt'),
    temperature: fields.number('temperature', 0, 1),
    timestamps: timestampsOf(fields, answer === 'verbose_json'),
    diarize: diarize ? true : undefined,
    logprobs: include === undefined ? undefined : true,
    subtitles: answer === 'srt' || answer === 'vtt' ? answer : undefined,
    passthrough: rest === undefined ? undefined : { format: OPENAI_TRANSCRIPTIONS, fields: rest },
  });
  return { model, stream: fields.boolean('stream') ?? false, request, as: { form: answer } };
}

/** The same for a translation into English. */
export function decodeTranslation(body: unknown): DecodedRequest<'transcribe'> {
  const { request, as, ...decoded } = decodeRequest(body);
  return {
    ...decoded,
    request: { ...request, translate: true },
    as: { ...as, echo: { task: 'translate' } },
  };
}

function timestampsOf(fields: Fields, verbose: boolean): TranscribeRequest['timestamps'] {
  const given = listOf(fields, 'timestamp_granularities', ['segment', 'word'] as const);
  if (!verbose) {
    if (given === undefined) return undefined;
    return fields.refuse(
      'timestamp_granularities',
      'needs "response_format" to be "verbose_json".',
    );
  }
  return given ?? ['segment'];
}

function listOf<const V extends string>(
  fields: Fields,
  name: string,
  values: readonly V[],
): readonly V[] | undefined {
  return fields
    .strings(name)
    ?.map(
      (entry, index) =>
        values.find((value) => value === entry) ??
        refuse(
          `${name}[${index}]`,
          `must be one of ${values.map((value) => `"${value}"`).join(', ')}.`,
        ),
    );
}

/** A file, or a URL in either of the fields that servers have for it. */
function audioOf({ fields, files }: ReadForm): FileData {
  const [file, second] = files.get('file') ?? [];
  if (second !== undefined) refuse('file', 'must be one file.');
  if (file !== undefined) return fileOf(file);
  for (const name of ['file', 'url']) {
    const url = fields.string(name);
    if (url === undefined) continue;
    if (URL.canParse(url) && /^(?:https?|data):/iu.test(url)) return mediaOfUrl(url);
    refuse(name, 'must be a file, or a URL of http:, https: or data:.');
  }
  return refuse('file', 'is missing; give the file of a recording.');
}
