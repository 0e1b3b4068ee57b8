import { readFile } from '../files/read-file.js';
import type { Fold, OperationTraits } from '../traits.js';
import type { TokenLogprob } from './logprobs.js';
import type { TranscribedSegment, TranscribeEvent, TranscribeResult } from './transcribe.js';

/** How transcription events, results and inputs turn into each other. */
export const transcribeTraits: OperationTraits<'transcribe'> = {
  fold: foldTranscript,
  unfold: ({ text, segments, logprobs, language, durationSeconds, words, model }, usage) => [
    { type: 'start', ...(model === undefined ? {} : { model }) },
    { type: 'text-delta', text, ...(logprobs === undefined ? {} : { logprobs }) },
    ...(segments ?? []).map((segment): TranscribeEvent => ({ type: 'segment', segment })),
    {
      type: 'finish',
      ...(language === undefined ? {} : { language }),
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
      ...(words === undefined ? {} : { words }),
    },
    { type: 'end', ...(usage === undefined ? {} : { usage }) },
  ],
  text: (event) => (event.type === 'text-delta' ? event.text : undefined),
  async prepare({ audio, ...rest }, signal) {
    return { request: { ...rest, audio: await readFile(audio, 'audio', signal) } };
  },
};

function foldTranscript(): Fold<TranscribeEvent, TranscribeResult> {
  let text = '';
  let rest: Omit<TranscribeResult, 'text' | 'segments' | 'logprobs'> = {};
  const segments: TranscribedSegment[] = [];
  const logprobs: TokenLogprob[] = [];
  return {
    add(event) {
      switch (event.type) {
        case 'text-delta':
          text += event.text;
          if (event.logprobs !== undefined) logprobs.push(...event.logprobs);
          break;
        case 'segment':
          segments.push(event.segment);
          break;
        case 'end':
          break;
        default: {
          const { type: _type, ...known } = event;
          rest = { ...rest, ...known };
        }
      }
    },
    result: () => ({
      ...rest,
      text,
      ...(segments.length === 0 ? {} : { segments }),
      ...(logprobs.length === 0 ? {} : { logprobs }),
    }),
  };
}
