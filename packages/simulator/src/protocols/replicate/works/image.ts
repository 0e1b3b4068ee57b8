import { png } from '../../../media/png.js';
import type { ModelKind } from '../model-kind.js';
import type { Price, WorkStep } from '../work.js';

const STEPS = 4;
// Real images of the size asked for would only cost time.
const LARGEST_SIDE = 64;

/** Pictures of coloured bands. */
export function imageModel(price: Price): ModelKind {
  return {
    description: 'Paints a picture (simulated)',
    collection: 'text-to-image',
    fields: {
      prompt: { type: 'string', required: true, description: 'What to paint' },
      num_outputs: {
        type: 'integer',
        default: 1,
        minimum: 1,
        maximum: 4,
        description: 'How many pictures',
      },
      aspect_ratio: {
        type: 'string',
        default: '1:1',
        choices: ['1:1', '16:9', '9:16', '4:3', '3:4', '3:2', '2:3'],
        description: 'Width to height',
      },
      width: { type: 'integer', minimum: 64, maximum: 2048, description: 'In pixels' },
      height: { type: 'integer', minimum: 64, maximum: 2048, description: 'In pixels' },
      image: { type: 'file', description: 'A picture to begin with' },
      mask: { type: 'file', description: 'What of it to change' },
      negative_prompt: { type: 'string', description: 'What not to paint' },
      guidance: { type: 'number', minimum: 0, maximum: 20, description: 'How closely to follow' },
      num_inference_steps: { type: 'integer', minimum: 1, maximum: 50, description: 'Steps' },
      seed: { type: 'integer', description: 'For the same picture again' },
      output_format: {
        type: 'string',
        default: 'png',
        choices: ['png'],
        description: 'The format of the files',
      },
    },
    output: { type: 'array', items: { type: 'string', format: 'uri' } },
    price,
    work(input, place) {
      const count = Number(input['num_outputs'] ?? 1);
      return {
        shape: 'list',
        gives: 'files',
        metrics: ({ units }) => ({ image_count: units?.images ?? 0 }),
        steps: (function* paint(): Iterable<WorkStep> {
          const text = `${String(input['prompt'])} ${String(input['seed'] ?? place.random.seed)}`;
          const started = input['image'];
          const given = typeof started === 'string' ? place.open(started).length : 0;
          yield { tokens: 1, log: `Using seed: ${String(input['seed'] ?? place.random.seed)}\n` };
          for (let number = 0; number < count; number++) {
            for (let step = 1; step <= STEPS; step++) yield { tokens: 1, log: progress(step) };
            const { width, height } = sizeOf(input['width'], input['height']);
            yield {
              tokens: 1,
              output: place.deliver({
                data: png(`${text} ${number} ${given}`, width, height),
                mediaType: 'image/png',
                name: `out-${number}.png`,
              }),
              usage: { units: { images: number + 1 } },
            };
          }
        })(),
      };
    },
  };
}

function progress(step: number): string {
  const share = Math.round((step / STEPS) * 100);
  const bar = '█'.repeat(step * 2).padEnd(STEPS * 2);
  return `${String(share).padStart(3)}%|${bar}| ${step}/${STEPS} [00:00<00:00,  4.00it/s]\n`;
}

function sizeOf(width: unknown, height: unknown): { width: number; height: number } {
  const side = (value: unknown): number =>
    typeof value === 'number' ? Math.min(LARGEST_SIDE, value) : LARGEST_SIDE;
  return { width: side(width), height: side(height) };
}
