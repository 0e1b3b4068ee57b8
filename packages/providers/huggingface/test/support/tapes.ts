import { existsSync, readFileSync } from 'node:fs';

/** A recorded exchange of huggingface.js with a real provider. */
export interface Tape {
  readonly key: string;
  readonly url: URL;
  readonly status: number;
  readonly type: string;
  /** Of binary answers nothing is kept. */
  readonly body: string;
  readonly asked: Readonly<Record<string, unknown>>;
}

interface Recorded {
  readonly url: string;
  readonly init: { readonly body?: unknown };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

const file = new URL('../../../../../../shared/recordings/huggingface/tapes.json', import.meta.url);

/** The recordings, where they are there. */
export const tapes: readonly Tape[] = existsSync(file)
  ? Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Recorded>).map(
      ([key, { url, init, response }]) => ({
        key,
        url: new URL(url),
        status: response.status,
        type: response.headers['content-type'] ?? 'application/json',
        body: response.body,
        asked: parsed(init.body),
      }),
    )
  : [];

function parsed(body: unknown): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(String(body)) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

/** What a tape asks of the adapter: an operation of core or a task, at a provider. */
export interface Asked {
  readonly partner: string;
  readonly task: string;
}

const TASKS: readonly (readonly [model: RegExp, task: string])[] = [
  [/chat\/completions$/u, 'conversational'],
  [/\/pipeline\/feature-extraction\//u, 'feature-extraction'],
  [/vilt-/u, 'visual-question-answering'],
  [/conll03/u, 'token-classification'],
  [/squad2/u, 'question-answering'],
  [/sst-2/u, 'text-classification'],
  [/distilbert-base-uncased$|bert-base-uncased|does-not-exist/u, 'fill-mask'],
  [/espnet|kokoro|oute-tts/u, 'text-to-speech'],
  [/bart-large-mnli/u, 'zero-shot-classification'],
  [/pegasus/u, 'summarization'],
  [/t5-base/u, 'translation'],
  [/tapas/u, 'table-question-answering'],
  [/vit-base/u, 'image-classification'],
  [/layoutlm|donut/u, 'document-question-answering'],
  [/controlnet/u, 'image-to-image'],
  [/clip-vit/u, 'zero-shot-image-classification'],
  [/distilbert-base-nli/u, 'feature-extraction'],
  [/paraphrase-xlm/u, 'sentence-similarity'],
  [/hubert/u, 'audio-classification'],
  [/detr-/u, 'image-segmentation'],
  [/wav2vec2/u, 'automatic-speech-recognition'],
  [/vit-gpt2/u, 'image-to-text'],
  [/gpt2$|DialoGPT|flan-t5|Llama|Mistral-7B|\/completions$/u, 'text-generation'],
  [/stable-diffusion|flux|playground|images\/generations|fal-ai/u, 'text-to-image'],
];

const HOSTS: Readonly<Record<string, string>> = {
  'router.huggingface.co': 'hf-inference',
  'huggingface.co': 'hf-inference',
  'api.together.xyz': 'together',
  'fal.run': 'fal-ai',
  'api.replicate.com': 'replicate',
  'api.novita.ai': 'novita',
  'api.cerebras.ai': 'cerebras',
  'api.sambanova.ai': 'sambanova',
  'api.studio.nebius.ai': 'nebius',
  'api.hyperbolic.xyz': 'hyperbolic',
  'api.mistral.ai': 'mistral',
};

/** What to ask for a tape; undefined where it is no call of a model: a download, a listing, a poll. */
export function askedBy({ url, asked }: Tape): Asked | undefined {
  const partner = HOSTS[url.host];
  if (partner === undefined || url.pathname.startsWith('/api/models/')) return undefined;
  if (partner === 'replicate' && url.pathname === '/v1/predictions') {
    const input = asked['input'] as Readonly<Record<string, unknown>> | undefined;
    return { partner, task: input?.['prompt'] === undefined ? 'text-to-speech' : 'text-to-image' };
  }
  const task = TASKS.find(([model]) => model.test(url.pathname))?.[1];
  return task === undefined ? undefined : { partner, task };
}
