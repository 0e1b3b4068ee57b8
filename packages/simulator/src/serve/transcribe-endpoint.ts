import {
  fileBytes,
  InferwayError,
  sniffMediaType,
  type FileData,
  type TranscribedSegment,
  type TranscribeEvent,
  type TranscribeRequest,
  type TranscribeResult,
  type Usage,
} from '@inferway/core';
import { openaiTranscriptions, type WireBody } from '@inferway/wire';
import type { Step } from '../answer/generation.js';
import { listen } from '../media/sound.js';
import type { Voice } from '../protocols/voice.js';
import type { SeededRandom } from '../seeded-random.js';
import { prose } from '../text/prose.js';
import { countTokens, tokenize } from '../text/tokenizer.js';
import type { Endpoint } from './endpoint.js';
import { findPlain } from './find-plain.js';

/** Audio tokens a second, as OpenAI's models count them. */
const TOKENS_A_SECOND = 10;

/** A route that writes down what is said: the text that the simulator's own sounds carry, else prose by the seed. */
export function transcribeEndpoint(
  voice: Voice,
  format: Endpoint<'transcribe', WireBody, WireBody>['format'] = openaiTranscriptions,
): Endpoint<'transcribe', WireBody, WireBody> {
  return {
    format,
    voice,
    kind: 'transcription',
    cache: 'none',
    find: findPlain,
    segments: ({ audio, prompt = '' }) => [
      { text: 'audio', tokens: Math.ceil(listen(bytesOf(audio)).seconds * TOKENS_A_SECOND) },
      { text: prompt, tokens: countTokens(prompt) },
    ],
    maxOutputTokens: () => undefined,
    generate(request, model, random) {
      const { seconds, result } = hear(request, random);
      const byTime = model.prices.units?.inputAudioMinute !== undefined;
      const outputTokens = countTokens(result.text);
      const audioTokens = Math.ceil(seconds * TOKENS_A_SECOND);
      return {
        outputTokens,
        reasoningTokens: 0,
        usage: {
          units: { inputAudioSeconds: seconds },
          ...(byTime
            ? { inputTokens: undefined, outputTokens: undefined }
            : { inputAudioTokens: audioTokens }),
        },
        steps: (tokensPerStep, usage) => steps(request, result, tokensPerStep, usage),
        result: () => result,
      };
    },
  };
}

function hear(
  request: TranscribeRequest,
  random: SeededRandom,
): { seconds: number; result: TranscribeResult } {
  const bytes = bytesOf(request.audio);
  const kind = sniffMediaType(bytes);
  if (kind === undefined || !/^(?:audio|video)\//u.test(kind)) {
    throw new InferwayError('invalid_request', {
      message: 'The audio file could not be decoded or its format is not supported.',
      param: 'file',
    });
  }
  const { said, seconds } = listen(bytes);
  const text =
    said ?? prose('Somebody says', { unit: 'words', count: Math.ceil(seconds * 2) + 4 }, random);
  const words = wordsOf(text, seconds);
  return {
    seconds,
    result: {
      text,
      language: request.translate === true ? 'english' : (request.language ?? 'en'),
      durationSeconds: seconds,
      segments: segmentsOf(text, seconds, request.diarize === true),
      ...(request.timestamps?.includes('word') === true ? { words } : {}),
      ...(request.logprobs === true
        ? { logprobs: tokenize(text).map((token) => ({ token, logprob: -0.05 })) }
        : {}),
    },
  };
}

function steps(
  request: TranscribeRequest,
  result: TranscribeResult,
  tokensPerStep: number,
  usage: Usage,
): readonly Step<TranscribeEvent>[] {
  const list: Step<TranscribeEvent>[] = [{ kind: 'start', events: [{ type: 'start' }], tokens: 0 }];
  const tokens = tokenize(result.text);
  const size = Math.max(1, tokensPerStep);
  for (let from = 0; from < tokens.length; from += size) {
    const piece = tokens.slice(from, from + size);
    const logprobs = result.logprobs?.slice(from, from + size);
    const event: TranscribeEvent = {
      type: 'text-delta',
      text: piece.join(''),
      ...(logprobs === undefined ? {} : { logprobs }),
    };
    list.push({ kind: 'text', events: [event], tokens: piece.length });
  }
  if (request.diarize === true) {
    const events = (result.segments ?? []).map((segment): TranscribeEvent => ({
      type: 'segment',
      segment,
    }));
    list.push({ kind: 'text', events, tokens: 0 });
  }
  list.push({ kind: 'end', events: [{ type: 'end', usage }], tokens: 0 });
  return list;
}

/** One segment a sentence, as long as its share of the text; speakers take turns. */
function segmentsOf(text: string, seconds: number, speakers: boolean): TranscribedSegment[] {
  const sentences = text.match(/[^.!?]+[.!?]*\s*/gu) ?? [text];
  let at = 0;
  return sentences.map((sentence, index) => {
    const start = share(at, text, seconds);
    at += sentence.length;
    const segment = { start, end: share(at, text, seconds), text: sentence.trim() };
    return speakers ? { ...segment, speaker: index % 2 === 0 ? 'A' : 'B' } : segment;
  });
}

function wordsOf(text: string, seconds: number): { word: string; start: number; end: number }[] {
  return [...text.matchAll(/\S+/gu)].map(({ 0: word, index }) => ({
    word,
    start: share(index, text, seconds),
    end: share(index + word.length, text, seconds),
  }));
}

function share(at: number, text: string, seconds: number): number {
  return Math.round((seconds * 1000 * at) / Math.max(1, text.length)) / 1000;
}

/** The simulator fetches nothing: a URL stands for a sound of its own. */
function bytesOf(audio: FileData): Uint8Array {
  if (audio.type === 'url') {
    throw new InferwayError('invalid_request', {
      message: 'The simulator fetches no audio from a URL; send the file.',
      param: 'url',
    });
  }
  return fileBytes(audio);
}
