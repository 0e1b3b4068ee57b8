import { wav } from '../../../media/wav.js';
import { countTokens } from '../../../text/tokenizer.js';
import type { ModelKind } from '../model-kind.js';
import type { WorkStep } from '../work.js';

const SECONDS_A_TOKEN = 0.02;

/** A tone as long as the text, with the text in it. */
export const speechModel: ModelKind = {
  description: 'Speaks a text (simulated)',
  collection: 'text-to-speech',
  fields: {
    text: { type: 'string', required: true, description: 'What to say' },
    voice: {
      type: 'string',
      default: 'alto',
      choices: ['alto', 'tenor'],
      description: 'Who says it',
    },
    speed: { type: 'number', default: 1, minimum: 0.25, maximum: 4, description: '1 is normal' },
    language: { type: 'string', description: 'In which language' },
  },
  output: { type: 'string', format: 'uri', title: 'Output' },
  price: { per: 'second', amount: 225_000 },
  work: (input, place) => ({
    shape: 'value',
    gives: 'files',
    steps: (function* speak(): Iterable<WorkStep> {
      const text = String(input['text']);
      const tokens = countTokens(text);
      const seconds = (tokens * SECONDS_A_TOKEN) / Number(input['speed'] ?? 1);
      yield { tokens: Math.max(1, tokens), log: `Voice: ${String(input['voice'] ?? 'alto')}\n` };
      yield {
        tokens: 1,
        output: place.deliver({
          data: wav(text, seconds),
          mediaType: 'audio/wav',
          name: 'output.wav',
        }),
        usage: { units: { inputCharacters: text.length, outputSeconds: seconds } },
      };
    })(),
  }),
};
