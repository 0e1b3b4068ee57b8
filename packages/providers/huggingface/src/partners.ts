import { isJsonObject, type JsonObject, type JsonValue } from '@inferway/core';
import {
  endpoint,
  type Endpoint,
  type Endpoints,
  type JobShape,
  type RequestHeaders,
} from '@inferway/provider-kit';
import {
  isHfTask,
  operationOf,
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiImages,
  openaiSpeech,
  openaiTranscriptions,
  openaiTranscriptionsPath,
  type HfTask,
  type OpenAIChatDialect,
  type OpenAIImagesDialect,
} from '@inferway/wire';
import { hfTasks, type PartnerJob } from './task.js';

/** A provider behind the router: what the Hub's mapping only names. */
export interface Partner {
  /** Its own address, for its own keys. With a token of the Hub the same routes stand below `{router}/{partner}/`. */
  readonly baseUrl: string;
  /** How its own keys travel. Default: `authorization: Bearer <key>`. */
  readonly headers?: ((key: string) => RequestHeaders) | undefined;
  /** Operations in formats of their own. */
  readonly endpoints?: Endpoints | undefined;
  /** Tasks as fields of a JSON body, often answered by work that goes on. */
  readonly jobs?: { readonly [T in HfTask]?: PartnerJob } | undefined;
  /** True where the router has no way to it: only with its own key, models written `{partner}/{id}`. */
  readonly direct?: boolean | undefined;
  /** True where it runs the Hub's own pipelines: any model by its id on the Hub, and with the Hub's tokens only. */
  readonly pipelines?: boolean | undefined;
}

type Spoken = 'chat' | 'complete' | 'embed' | 'image' | 'speech' | 'transcribe';

interface Dialects {
  readonly chat?: OpenAIChatDialect;
  readonly images?: OpenAIImagesDialect;
}

/** Operations in OpenAI's formats below `prefix`. */
function openai(
  prefix: string,
  operations: readonly Spoken[],
  { chat = {}, images = {} }: Dialects = {},
): Endpoints {
  const all: { readonly [K in Spoken]: Endpoint<K> } = {
    chat: endpoint({ format: openaiChat, path: `${prefix}/chat/completions`, dialect: chat }),
    complete: endpoint({ format: openaiCompletions, path: `${prefix}/completions` }),
    embed: endpoint({ format: openaiEmbeddings, path: `${prefix}/embeddings` }),
    image: endpoint({
      format: openaiImages,
      path: `${prefix}/images/generations`,
      dialect: images,
    }),
    speech: endpoint({ format: openaiSpeech, path: `${prefix}/audio/speech` }),
    transcribe: endpoint({
      format: openaiTranscriptions,
      path: (id, request) => `${prefix}/${openaiTranscriptionsPath(id, request)}`,
    }),
  };
  return Object.fromEntries(operations.map((name) => [name, all[name]]));
}

const text = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
const pathOf = (value: JsonValue | undefined): string | undefined => {
  const url = text(value);
  return url !== undefined && URL.canParse(url) ? new URL(url).pathname.slice(1) : undefined;
};
const after = (prefix: string, id: JsonValue | undefined): string | undefined =>
  text(id) === undefined ? undefined : `${prefix}${encodeURIComponent(text(id) ?? '')}`;

// fal: work in a queue, told by its own address; on the router the queue's host is a parameter.
const QUEUE = '_subdomain=queue';
function queue(routed: boolean): JobShape {
  const query = routed ? `?${QUEUE}` : '';
  const at = (answer: JsonObject): string | undefined => pathOf(answer['response_url']);
  return {
    status: 'status',
    done: ['COMPLETED'],
    failed: ['FAILED', 'ERROR', 'CANCELED'],
    ready: ['images', 'image', 'video', 'audio', 'audio_file'],
    error: 'error',
    ask: (answer) => (at(answer) === undefined ? undefined : `${at(answer)}/status${query}`),
    result: (answer) => (at(answer) === undefined ? undefined : `${at(answer)}${query}`),
  };
}
const SOUNDS = {
  'audio/wav': 'audio/x-wav',
  'audio/wave': 'audio/x-wav',
  'audio/mp3': 'audio/mpeg',
  'audio/webm': 'video/webm',
};
const queued = (input: readonly string[], more: Partial<PartnerJob> = {}): PartnerJob => ({
  path: (id, routed) => (routed ? `${id}?${QUEUE}` : id),
  input,
  job: queue,
  baseUrl: 'https://queue.fal.run',
  seconds: 'timings.inference',
  adapter: ({ adapterWeightsPath, providerId }, model) => ({
    loras: [
      {
        path: `https://huggingface.co/${model}/resolve/main/${adapterWeightsPath ?? ''}`,
        scale: 1,
      },
    ],
    ...(providerId === 'fal-ai/lora'
      ? { model_name: 'stabilityai/stable-diffusion-xl-base-1.0' }
      : {}),
  }),
  ...more,
});
const atOnce = (input: string): PartnerJob => ({
  path: (id) => id,
  input: [input],
  mediaTypes: SOUNDS,
  seconds: 'timings.inference',
});

// Replicate: a prediction, waited for up to a minute in one request.
const predicted = (...input: readonly string[]): PartnerJob => ({
  path: (id) =>
    id.includes('%3A') || id.includes(':') ? 'v1/predictions' : `v1/models/${id}/predictions`,
  input,
  within: 'input',
  more: (id) => (id.includes(':') ? { version: id.slice(id.indexOf(':') + 1) } : {}),
  adapter: (_entry, model) => ({ lora_weights: `https://huggingface.co/${model}` }),
  headers: { prefer: 'wait' },
  seconds: 'metrics.predict_time',
  job: () => ({
    status: 'status',
    done: ['succeeded'],
    failed: ['failed', 'canceled', 'aborted'],
    ready: ['output'],
    error: 'error',
    ask: (answer) => after('v1/predictions/', answer['id']),
  }),
});

const wavespeed = (...input: readonly string[]): PartnerJob => ({
  path: (id) => `api/v3/${id}`,
  input,
  files: 'base64',
  adapter: (_entry, model) => ({ loras: [{ path: model, scale: 1 }] }),
  seconds: 'data.timings.inference',
  job: () => ({
    status: 'data.status',
    done: ['completed'],
    failed: ['failed'],
    error: 'data.error',
    ask: ({ data }) =>
      isJsonObject(data) && isJsonObject(data['urls']) ? pathOf(data['urls']['get']) : undefined,
  }),
});

const togetherVideo = (input: PartnerJob['input']): PartnerJob => ({
  path: () => 'v2/videos',
  input,
  names: { num_inference_steps: 'steps' },
  more: (model) => ({ model }),
  job: () => ({
    status: 'status',
    done: ['completed'],
    failed: ['failed', 'cancelled'],
    error: 'error.message',
    wait: { firstMs: 2000 },
    ask: ({ id }) => after('v2/videos/', id),
  }),
});

const ZAI = { 'x-source-channel': 'hugging_face', 'accept-language': 'en-US,en' };
const CHAT: readonly Spoken[] = ['chat'];

/**
 * Providers of the Hub's mapping: addresses, routes and bodies as @huggingface/inference 4.13 has them. The option `partners` adds to it.
 */
export const PARTNERS: Readonly<Record<string, Partner>> = {
  'hf-inference': {
    baseUrl: 'https://router.huggingface.co/hf-inference',
    pipelines: true,
    endpoints: {
      chat: endpoint({ format: openaiChat, path: (id) => `models/${id}/v1/chat/completions` }),
      complete: endpoint({
        format: openaiCompletions,
        path: (id) => `models/${id}/v1/completions`,
      }),
      task: endpoint({
        format: hfTasks,
        path: (id, { task }) =>
          task === 'feature-extraction' || task === 'sentence-similarity'
            ? `models/${id}/pipeline/${task}`
            : `models/${id}`,
      }),
    },
  },
  together: {
    baseUrl: 'https://api.together.ai',
    endpoints: openai('v1', ['chat', 'complete', 'embed', 'image', 'speech', 'transcribe'], {
      chat: { jsonSchema: 'flat', streamUsage: false },
      images: {
        size: 'sides',
        delivery: { bytes: 'base64', url: 'url' },
        images: { one: 'image_url', many: 'reference_images' },
      },
    }),
    jobs: {
      'text-to-video': togetherVideo(['prompt']),
      'image-to-video': togetherVideo((image) => ({
        frame_images: [{ input_image: image, frame: 'first' }],
      })),
    },
  },
  'fal-ai': {
    baseUrl: 'https://fal.run',
    headers: (key) => ({ authorization: `Key ${key}` }),
    jobs: {
      'text-to-image': queued(['prompt']),
      'image-to-image': queued(['image_url', 'image_urls[]']),
      'text-to-video': queued(['prompt']),
      'image-to-video': queued(['image_url']),
      'image-segmentation': queued(['image_url'], { more: () => ({ sync_mode: true }) }),
      'text-to-audio': queued(['prompt']),
      'audio-to-audio': queued(['audio_url'], { mediaTypes: SOUNDS }),
      'text-to-speech': atOnce('text'),
      'automatic-speech-recognition': atOnce('audio_url'),
    },
  },
  replicate: {
    baseUrl: 'https://api.replicate.com',
    jobs: {
      'text-to-image': predicted('prompt'),
      'image-to-image': predicted('image', 'images[]', 'input_image', 'input_images[]'),
      'text-to-video': predicted('prompt'),
      'text-to-speech': predicted('text'),
      'automatic-speech-recognition': predicted('audio'),
    },
  },
  deepinfra: {
    baseUrl: 'https://api.deepinfra.com',
    endpoints: openai('v1/openai', ['chat', 'complete', 'embed', 'image', 'speech', 'transcribe']),
  },
  novita: {
    baseUrl: 'https://api.novita.ai',
    endpoints: openai('v3/openai', CHAT),
    jobs: {
      'text-to-video': {
        path: (id) => `v3/async/${id}`,
        input: ['prompt'],
        names: { num_inference_steps: 'steps' },
        job: () => ({
          status: 'task.status',
          done: ['TASK_STATUS_SUCCEED'],
          failed: ['TASK_STATUS_FAILED'],
          error: 'task.reason',
          ask: ({ task_id: id }) => after('v3/async/task-result?task_id=', id),
        }),
      },
    },
  },
  wavespeed: {
    baseUrl: 'https://api.wavespeed.ai',
    jobs: {
      'text-to-image': wavespeed('prompt'),
      'text-to-video': wavespeed('prompt'),
      'image-to-image': wavespeed('image', 'images[]'),
      'image-to-video': wavespeed('image', 'images[]'),
    },
  },
  'zai-org': {
    baseUrl: 'https://api.z.ai',
    endpoints: openai('api/paas/v4', CHAT),
    jobs: {
      'text-to-image': {
        path: () => 'api/paas/v4/async/images/generations',
        input: ['prompt'],
        more: (model) => ({ model }),
        headers: ZAI,
        job: () => ({
          status: 'task_status',
          done: ['SUCCESS'],
          failed: ['FAIL'],
          wait: { firstMs: 5000 },
          ask: ({ id }) => after('api/paas/v4/async-result/', id),
        }),
      },
      'image-to-text': {
        path: () => 'api/paas/v4/layout_parsing',
        input: ['file'],
        more: (model) => ({ model }),
        headers: ZAI,
      },
    },
  },
  nscale: {
    baseUrl: 'https://inference.api.nscale.com',
    endpoints: openai('v1', ['chat', 'image'], {
      images: { delivery: { bytes: 'b64_json', url: undefined } },
    }),
  },
  scaleway: {
    baseUrl: 'https://api.scaleway.ai',
    endpoints: openai('v1', ['chat', 'complete', 'embed']),
  },
  'featherless-ai': {
    baseUrl: 'https://api.featherless.ai',
    endpoints: openai('v1', ['chat', 'complete']),
  },
  ovhcloud: {
    baseUrl: 'https://oai.endpoints.kepler.ai.cloud.ovh.net',
    endpoints: openai('v1', ['chat', 'complete']),
  },
  groq: { baseUrl: 'https://api.groq.com', endpoints: openai('openai/v1', ['chat', 'complete']) },
  'fireworks-ai': { baseUrl: 'https://api.fireworks.ai', endpoints: openai('inference/v1', CHAT) },
  cerebras: { baseUrl: 'https://api.cerebras.ai', endpoints: openai('v1', CHAT) },
  cohere: { baseUrl: 'https://api.cohere.com', endpoints: openai('compatibility/v1', CHAT) },
  baseten: { baseUrl: 'https://inference.baseten.co', endpoints: openai('v1', CHAT) },
  publicai: { baseUrl: 'https://api.publicai.co', endpoints: openai('v1', CHAT) },
  openai: { baseUrl: 'https://api.openai.com', endpoints: openai('v1', CHAT), direct: true },
};

/** Whether a partner is known to do a task. */
export function servesTask(partner: Partner | undefined, task: string): boolean {
  if (partner === undefined) return false;
  const { endpoints = {}, jobs = {} } = partner;
  if (!isHfTask(task)) return task === 'conversational' && endpoints.chat !== undefined;
  const operation = operationOf(task);
  return (
    jobs[task] !== undefined ||
    endpoints.task !== undefined ||
    (operation !== undefined && endpoints[operation] !== undefined)
  );
}
