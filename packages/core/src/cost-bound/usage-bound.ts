import type { Call } from '../call.js';
import type { ModelInfo } from '../model-info.js';
import type { Usage, UsageUnits } from '../usage.js';
import { askedCounts } from './asked-counts.js';
import { LARGE_OUTPUT_TOKENS } from './assumed-output.js';
import { estimateInput } from '../token-estimate.js';
import { sizeOfRequest, type RequestSize } from './request-size.js';

/** What of a bound is an assumption, so that more may be used: each word says what nobody could know. */
export type Assumption = 'input' | 'media' | 'tools' | 'output' | 'units';

/** The most that an attempt can use, as far as its request tells. */
export interface UsageBound {
  readonly usage: Usage;
  /** Some part writes to the provider's prompt cache. */
  readonly marksCache: boolean;
  /** Empty where nothing can exceed `usage`. */
  readonly assumed: readonly Assumption[];
}

/** How the most that an attempt can use is reckoned. */
export interface UsageBoundOptions {
  /**
   * `upper`: no text has more tokens than bytes, so the input cannot exceed its bound. `estimate`: about four characters a token, half as much
   * again, which texts of rare words or scripts can exceed. Default `upper`.
   */
  readonly bound?: 'upper' | 'estimate' | undefined;
  /** Output tokens where neither the request nor what is known of the model says how many there can be. Default 4,096. */
  readonly assumedOutputTokens?: number | undefined;
  /** Tokens of one image, or of one file or recording at least. Default 5,000. */
  readonly mediaTokens?: number | undefined;
  /** What is known of the model. */
  readonly model?: ModelInfo | undefined;
}

const MEDIA_TOKENS = 5000;

// The wrapping of a chat, and what providers write before the first tool (Anthropic: up to some 800 tokens).
const REQUEST_OVERHEAD = 64;
const TOOLS_OVERHEAD = 1024;
const ESTIMATE_MARGIN = 1.5;
// A page, a second of sound: formats with fewer bytes a token are not in use.
const FILE_BYTES_A_TOKEN = 8;
// The largest images of models that count them in tokens, unfinished ones included.
const TOKENS_AN_IMAGE_MADE = 8000;
// The thinnest codecs in use send about 8 kbit a second; slow speech is about four characters a second.
const AUDIO_BYTES_A_SECOND = 1000;
const UNKNOWN_AUDIO_SECONDS = 600;
const CHARACTERS_A_SECOND = 4;
const SPOKEN_TOKENS_A_SECOND = 25;
const COMPUTE_SECONDS = 60;
// A reranker counts a search for each hundred stretches of at most 500 tokens.
const STRETCH_BYTES = 500;
const STRETCHES_A_SEARCH = 100;

/** Bounds what one attempt of `call` can use, from its request alone, before it is sent. Never too low without saying what was assumed. */
export function boundUsage(call: Call, options: UsageBoundOptions = {}): UsageBound {
  const size = sizeOfRequest(call.request);
  const assumed: Assumption[] = [];
  const input = inputTokens(call, size, options, assumed);
  const output = outputTokens(call, options, assumed);
  const usage: Usage = {
    inputTokens: input,
    outputTokens: output,
    units: unitsOf(call, size, assumed),
    estimated: true,
  };
  return { usage, marksCache: size.marksCache, assumed };
}

function inputTokens(
  call: Call,
  size: RequestSize,
  options: UsageBoundOptions,
  assumed: Assumption[],
): number {
  const { tools } = call.request as { readonly tools?: readonly { readonly type?: string }[] };
  const hasTools = Array.isArray(tools) && tools.length > 0;
  // What a tool of the provider's own fetches is input too, and known to nobody.
  if (hasTools && tools.some((tool) => tool?.type === 'provider')) assumed.push('tools');
  if (size.images + size.files > 0) assumed.push('media');
  const each = options.mediaTokens ?? MEDIA_TOKENS;
  const media =
    size.images * each +
    Math.max(size.files * each, Math.ceil(size.fileBytes / FILE_BYTES_A_TOKEN));
  const overhead = REQUEST_OVERHEAD + (hasTools ? TOOLS_OVERHEAD : 0);
  let tokens = size.bytes + overhead + media;
  if (options.bound === 'estimate') {
    assumed.push('input');
    tokens = Math.min(tokens, Math.ceil(estimateInput(call) * ESTIMATE_MARGIN) + overhead + media);
  }
  // A request that is more than the model's window holds is refused, or cut to it. What a provider's tool adds comes in rounds of its own.
  const most = options.model?.contextLength;
  return most !== undefined && most > 0 ? Math.min(tokens, most) : tokens;
}

function outputTokens(call: Call, options: UsageBoundOptions, assumed: Assumption[]): number {
  switch (call.operation) {
    case 'embed':
    case 'rerank':
    case 'countTokens':
      return 0;
    case 'image':
      assumed.push('output');
      return imagesAsked(call.request) * TOKENS_AN_IMAGE_MADE;
    case 'speech':
      assumed.push('output');
      return secondsOf(call.request.text) * SPOKEN_TOKENS_A_SECOND;
    default: {
      const asked = askedCounts(call.request);
      const known = asked.outputTokens ?? options.model?.maxOutputTokens;
      if (known === undefined) assumed.push('output');
      return (known ?? options.assumedOutputTokens ?? LARGE_OUTPUT_TOKENS) * asked.answers;
    }
  }
}

// What a call uses of things that are not tokens, where its operation has none of them.
const NO_UNITS: UsageUnits = Object.freeze({
  images: 0,
  inputAudioSeconds: 0,
  outputSeconds: 0,
  inputCharacters: 0,
  computeSeconds: COMPUTE_SECONDS,
  searches: 0,
});

function unitsOf(call: Call, size: RequestSize, assumed: Assumption[]): UsageUnits {
  switch (call.operation) {
    case 'chat':
    case 'complete':
    case 'embed':
    case 'countTokens':
      return NO_UNITS;
    case 'image':
      assumed.push('units');
      return { ...NO_UNITS, images: imagesAsked(call.request) };
    case 'speech':
      assumed.push('units');
      return {
        ...NO_UNITS,
        inputCharacters: call.request.text.length,
        outputSeconds: secondsOf(call.request.text),
      };
    case 'transcribe':
      assumed.push('units');
      return {
        ...NO_UNITS,
        inputAudioSeconds:
          size.fileBytes > 0
            ? Math.ceil(size.fileBytes / AUDIO_BYTES_A_SECOND)
            : UNKNOWN_AUDIO_SECONDS,
      };
    case 'rerank': {
      const { documents } = call.request;
      const stretches = Math.ceil(size.bytes / STRETCH_BYTES) + documents.length;
      return { ...NO_UNITS, searches: Math.ceil(stretches / STRETCHES_A_SEARCH) };
    }
    default:
      assumed.push('units');
      return { ...NO_UNITS, images: 1, searches: 1, inputCharacters: size.bytes };
  }
}

function imagesAsked(request: object): number {
  const { count } = request as { readonly count?: unknown };
  const own = typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? count : 1;
  return Math.max(own, askedCounts(request).answers);
}

function secondsOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_A_SECOND);
}
