import { isJsonObject, type ChatRequest, type JsonObject } from '@inferway/core';
import { endpoint, rawEndpoint, type Endpoint } from '@inferway/provider-kit';
import {
  openaiChat,
  openaiEmbeddings,
  openaiSpeech,
  openaiTranscriptions,
  openaiTranscriptionsPath,
  type ChatSetting,
  type OpenAIChatDialect,
} from '@inferway/wire';

export type GroqOperation = 'chat' | 'embed' | 'speech' | 'transcribe' | 'raw';

/** What Groq serves, and what it does differently there (console.groq.com, API reference; groq-sdk 1.6). Unknown fields are refused. */
export const ENDPOINTS: { readonly [K in GroqOperation]: Endpoint<K> } = {
  chat: endpoint({
    format: openaiChat,
    path: 'openai/v1/chat/completions',
    dialect: chatDialect,
  }),
  embed: endpoint({
    format: openaiEmbeddings,
    path: 'openai/v1/embeddings',
    dialect: { unsupported: ['dimensions'] },
  }),
  speech: endpoint({
    format: openaiSpeech,
    path: 'openai/v1/audio/speech',
    dialect: {
      formats: { mp3: 'mp3', flac: 'flac', wav: 'wav' },
      unsupported: ['instructions', 'language', 'user'],
    },
  }),
  transcribe: endpoint({
    format: openaiTranscriptions,
    path: (model, request) => `openai/v1/${openaiTranscriptionsPath(model, request)}`,
    dialect: {
      urlField: 'url',
      forms: ['json', 'text', 'verbose_json'],
      streams: false,
      unsupported: ['logprobs', 'diarize'],
    },
  }),
  raw: rawEndpoint,
};

/** Refused as unknown, or taken and without effect (console.groq.com, API reference; groq-sdk 1.6). */
const NEVER: readonly ChatSetting[] = [
  'topK',
  'minP',
  'repetitionPenalty',
  'frequencyPenalty',
  'presencePenalty',
  'logprobs',
  'choices',
  'metadata',
  'promptCacheKey',
];

/** Models that do not reason: they refuse `reasoning_effort`, and `reasoning` in earlier messages. */
const NO_REASONING =
  /^(?:meta-llama\/)?llama|gemma|allam|kimi-k2-instruct|^groq\/compound|compound-beta/u;
/** Models whose reasoning stands in the text unless `reasoning_format` says otherwise. */
const HAS_FORMAT = /qwen|deepseek-r1/u;
/** Of those, the ones that know more efforts than on and off. */
const HAS_EFFORTS = /qwen3\.8/u;
/** Models without `json_schema` (console.groq.com, "Structured Outputs"). */
const NO_SCHEMA = /llama-?3|llama-guard|gemma|allam|qwen3-32b|deepseek-r1|compound/u;

/** What one model of Groq's takes. */
function chatDialect(model: string, request: ChatRequest): OpenAIChatDialect {
  const off = request.reasoning?.effort === 'none';
  const reasons = !NO_REASONING.test(model);
  const formats = HAS_FORMAT.test(model);
  const onOff = formats && !HAS_EFFORTS.test(model);
  return {
    maxTokensField: 'max_completion_tokens',
    streamUsage: false,
    resultNames: false,
    jsonSchema: NO_SCHEMA.test(model) ? 'json-object' : 'openai',
    efforts: formats && off ? ['none'] : onOff ? ['medium'] : ['low', 'medium', 'high'],
    effortWords: onOff ? { medium: 'default' } : undefined,
    reasoningInput: reasons ? 'reasoning' : 'none',
    thinkTags: formats ? 'tags' : undefined,
    serviceTiers: {
      auto: 'auto',
      default: 'on_demand',
      on_demand: 'on_demand',
      flex: 'flex',
      performance: 'performance',
      priority: 'performance',
    },
    unsupported: reasons ? NEVER : [...NEVER, 'reasoning'],
    defaults: formats && !saysShown(request) ? { reasoning_format: 'parsed' } : undefined,
    timings,
  };
}

/** The two ways to say how reasoning is shown exclude each other. */
function saysShown({ providerOptions, passthrough }: ChatRequest): boolean {
  return [providerOptions?.groq, passthrough?.fields].some(
    (fields) => fields !== undefined && 'include_reasoning' in fields,
  );
}

const TIMES = ['queue', 'prompt', 'completion', 'total'] as const;

/** `usage.queue_time` and the like, in seconds; older streams have the usage in `x_groq` alone. */
function timings({
  usage: own,
  x_groq: groq,
}: JsonObject): Readonly<Record<string, number>> | undefined {
  const usage = own ?? (isJsonObject(groq) ? groq['usage'] : undefined);
  if (!isJsonObject(usage)) return undefined;
  const told = TIMES.flatMap((name) => {
    const seconds = usage[`${name}_time`];
    return typeof seconds === 'number' ? [[name, seconds * 1000] as const] : [];
  });
  return told.length === 0 ? undefined : Object.fromEntries(told);
}
