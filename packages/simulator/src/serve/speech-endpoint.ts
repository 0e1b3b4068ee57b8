import { InferwayError, type SpeechEvent, type SpeechRequest, type Usage } from '@inferway/core';
import { openaiSpeech, type WireBody } from '@inferway/wire';
import type { Step } from '../answer/generation.js';
import { sound, type SoundFormat } from '../media/sound.js';
import type { Voice } from '../protocols/voice.js';
import { countTokens } from '../text/tokenizer.js';
import type { Endpoint } from './endpoint.js';
import { findPlain } from './find-plain.js';

const SECONDS_A_TOKEN = 0.3;
/** Audio tokens a second, as OpenAI's models have them. */
const TOKENS_A_SECOND = 20;
const MEDIA_TYPES: Readonly<Record<SoundFormat, string>> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
};

/** What differs between protocols. */
export interface SpeechSettings {
  readonly format?: Endpoint<'speech', WireBody, WireBody>['format'] | undefined;
  /** What comes where a request names no format. Default `mp3`. */
  readonly defaultFormat?: SoundFormat | undefined;
}

/** A route that speaks: a tone (in MP3 silence) as long as the text takes to say, with the text in it. */
export function speechEndpoint(
  voice: Voice,
  { format = openaiSpeech, defaultFormat = 'mp3' }: SpeechSettings = {},
): Endpoint<'speech', WireBody, WireBody> {
  return {
    format,
    voice,
    kind: 'speech',
    cache: 'none',
    find: findPlain,
    segments: ({ text }) => [{ text, tokens: countTokens(text) }],
    maxOutputTokens: () => undefined,
    generate(request) {
      const { text, speed = 1 } = request;
      const seconds = (countTokens(text) * SECONDS_A_TOKEN) / speed;
      const kind = kindOf(request, defaultFormat);
      const data = sound(kind, text, seconds);
      const mediaType = MEDIA_TYPES[kind];
      const outputTokens = Math.max(1, Math.round(seconds * TOKENS_A_SECOND));
      return {
        outputTokens,
        reasoningTokens: 0,
        usage: {
          outputAudioTokens: outputTokens,
          units: { inputCharacters: [...text].length, outputSeconds: seconds },
        },
        steps: (tokensPerStep, usage) =>
          steps(data, mediaType, outputTokens, Math.max(1, tokensPerStep), usage),
        result: () => ({ audio: { type: 'bytes', data, mediaType } }),
      };
    },
  };
}

function steps(
  data: Buffer,
  mediaType: string,
  tokens: number,
  tokensPerStep: number,
  usage: Usage,
): readonly Step<SpeechEvent>[] {
  const list: Step<SpeechEvent>[] = [
    { kind: 'start', events: [{ type: 'start', mediaType }], tokens: 0 },
  ];
  // A step is at least a second, so that a sound comes in pieces and not in crumbs.
  const step = Math.max(tokensPerStep, TOKENS_A_SECOND);
  for (let from = 0; from < tokens; from += step) {
    const until = Math.min(tokens, from + step);
    const at = (token: number): number => Math.round((data.length * token) / tokens);
    const piece = Uint8Array.from(data.subarray(at(from), at(until)));
    const events: SpeechEvent[] = [{ type: 'audio-delta', data: piece }];
    list.push({ kind: 'text', events, tokens: until - from });
  }
  list.push({ kind: 'end', events: [{ type: 'end', usage }], tokens: 0 });
  return list;
}

function kindOf({ format }: SpeechRequest, usual: SoundFormat): SoundFormat {
  const kind = format ?? usual;
  if (kind === 'mp3' || kind === 'wav' || kind === 'pcm') return kind;
  throw new InferwayError('invalid_request', {
    message: `The simulator has no voice in "${kind}"; ask for mp3, wav or pcm.`,
    param: 'response_format',
  });
}
