import { createHash } from 'node:crypto';

/** A model of each provider for each of its operations, as the provider names it. */
const MODELS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  openai: {
    chat: 'gpt-5-mini',
    complete: 'gpt-3.5-turbo-instruct',
    embed: 'text-embedding-3-small',
    image: 'gpt-image-1-mini',
    speech: 'gpt-4o-mini-tts',
    transcribe: 'gpt-4o-mini-transcribe',
    countTokens: 'gpt-5-mini',
    raw: 'omni-moderation-latest',
  },
  anthropic: {
    chat: 'claude-sonnet-4-6',
    countTokens: 'claude-sonnet-4-6',
    raw: 'claude-sonnet-4-6',
  },
  huggingface: {
    chat: 'openai/gpt-oss-120b',
    complete: 'HuggingFaceTB/SmolLM3-3B',
    embed: 'BAAI/bge-small-en-v1.5',
    image: 'black-forest-labs/FLUX.1-schnell',
    speech: 'hexgrad/Kokoro-82M',
    transcribe: 'openai/whisper-large-v3',
    task: 'distilbert/distilbert-base-uncased-finetuned-sst-2-english',
    raw: 'openai/gpt-oss-120b',
  },
  together: {
    chat: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
    complete: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
    embed: 'intfloat/multilingual-e5-large-instruct',
    image: 'black-forest-labs/FLUX.1-schnell',
    speech: 'hexgrad/Kokoro-82M',
    transcribe: 'openai/whisper-large-v3',
    rerank: 'mixedbread-ai/Mxbai-Rerank-Large-V2',
    raw: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
  },
  fireworks: {
    chat: 'accounts/fireworks/models/gpt-oss-120b',
    complete: 'accounts/fireworks/models/gpt-oss-120b',
    embed: 'nomic-ai/nomic-embed-text-v1.5',
    transcribe: 'whisper-v3-turbo',
    rerank: 'fireworks/qwen3-reranker-8b',
    raw: 'accounts/fireworks/models/gpt-oss-120b',
  },
  groq: {
    chat: 'llama-3.3-70b-versatile',
    embed: 'nomic-embed-text-v1_5',
    speech: 'canopylabs/orpheus-v1-english',
    transcribe: 'whisper-large-v3-turbo',
    raw: 'llama-3.3-70b-versatile',
  },
  replicate: {
    chat: 'meta/meta-llama-3-70b-instruct',
    complete: 'meta/meta-llama-3-70b-instruct',
    embed: 'replicate/all-mpnet-base-v2',
    image: 'black-forest-labs/flux-schnell',
    speech: 'minimax/speech-02-turbo',
    transcribe: 'openai/gpt-4o-transcribe',
    prediction: 'black-forest-labs/flux-schnell',
    raw: 'black-forest-labs/flux-schnell',
  },
  vllm: {
    chat: 'meta-llama/Llama-3.3-70B-Instruct',
    complete: 'meta-llama/Llama-3.3-70B-Instruct',
    embed: 'BAAI/bge-m3',
    transcribe: 'openai/whisper-large-v3',
    rerank: 'BAAI/bge-reranker-v2-m3',
    countTokens: 'meta-llama/Llama-3.3-70B-Instruct',
    raw: 'meta-llama/Llama-3.3-70B-Instruct',
  },
  tgi: {
    chat: 'tgi',
    complete: 'tgi',
    countTokens: 'tgi',
    raw: 'tgi',
  },
};

const SIMULATED: Readonly<Record<string, string>> = {
  embed: 'sim-embed',
  image: 'sim-image',
  speech: 'sim-speech',
  transcribe: 'sim-transcribe',
  rerank: 'sim-rerank',
};

// Where the simulator has other names, as the provider has.
const SIMULATED_AT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  huggingface: {
    complete: 'inferway/sim-text-generation',
    embed: 'inferway/sim-feature-extraction',
    image: 'inferway/sim-text-to-image',
    speech: 'inferway/sim-text-to-speech',
    transcribe: 'inferway/sim-automatic-speech-recognition',
    task: 'inferway/sim-text-classification',
  },
  openai: { raw: 'sim-moderation' },
  replicate: {
    chat: 'inferway/sim-chat',
    complete: 'inferway/sim-chat',
    embed: versioned('inferway/sim-embed'),
    image: 'inferway/sim-image',
    speech: 'inferway/sim-speech',
    transcribe: versioned('inferway/sim-whisper'),
    prediction: versioned('inferway/sim-hello'),
    raw: 'inferway/sim-chat',
  },
};

// Only official models run by their names. The simulator's version of a model is the hash of its name.
function versioned(name: string): string {
  return `${name}:${createHash('sha256').update(name).digest('hex')}`;
}

/** The model to call, of the provider's own or of the simulator that stands in its place. */
export function modelOf(provider: string, operation: string, simulated: boolean): string {
  const model = simulated
    ? (SIMULATED_AT[provider]?.[operation] ?? SIMULATED[operation] ?? 'sim-chat')
    : MODELS[provider]?.[operation];
  if (model === undefined) throw new Error(`Add a model of ${provider} for ${operation}.`);
  return `${provider}/${model}`;
}
