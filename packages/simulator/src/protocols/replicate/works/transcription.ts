import { saidIn, secondsOf } from '../../../media/wav.js';
import { countTokens } from '../../../text/tokenizer.js';
import type { ModelKind } from '../model-kind.js';
import { WorkError, type WorkStep } from '../work.js';

/** Writes down what the simulator's own sounds say; of others it says how large they are. */
export const transcriptionModel: ModelKind = {
  description: 'Writes down what is said (simulated)',
  collection: 'speech-recognition',
  fields: {
    audio: { type: 'file', required: true, description: 'What to listen to' },
    language: { type: 'string', default: 'auto', description: 'ISO 639-1, or auto' },
    translate: { type: 'boolean', default: false, description: 'Into English' },
    initial_prompt: { type: 'string', description: 'How names are spelled' },
    temperature: { type: 'number', minimum: 0, maximum: 1, description: 'How freely' },
  },
  output: {
    type: 'object',
    properties: { text: { type: 'string' }, segments: { type: 'array' } },
  },
  price: { per: 'second', amount: 225_000 },
  work: (input, place) => ({
    shape: 'value',
    gives: 'json',
    steps: (function* listen(): Iterable<WorkStep> {
      const bytes = place.open(String(input['audio']));
      if (bytes.length === 0) throw new WorkError('The audio file is empty or malformed.');
      const text = saidIn(bytes) ?? `Simulated transcript of ${bytes.length} bytes.`;
      const seconds = secondsOf(bytes) ?? 1;
      yield { tokens: Math.max(1, countTokens(text)), log: 'Transcribing\n' };
      yield {
        tokens: 1,
        output: {
          text,
          language: input['language'] === undefined ? 'en' : String(input['language']),
          segments: [{ id: 0, start: 0, end: seconds, text }],
        },
        usage: { units: { inputAudioSeconds: seconds } },
      };
    })(),
  }),
};
