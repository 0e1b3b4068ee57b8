import { usd, type TokenPrices } from '@inferway/core';
import type { Limits } from './limits/rate-limiter.js';
import type { Pace } from './pace/pace.js';

/** What a model can be called for. */
export type ModelKind =
  | 'chat'
  | 'embedding'
  | 'image'
  | 'speech'
  | 'transcription'
  | 'rerank'
  | 'moderation';

/** A model that the simulator serves, under the same id in every protocol. */
export interface SimulatedModel {
  readonly id: string;
  /** `chat` by default. */
  readonly kind?: ModelKind | undefined;
  readonly prices: TokenPrices;
  /** Tokens of input and output together; 200,000 by default. */
  readonly contextLength?: number | undefined;
  /** 32,000 by default. */
  readonly maxOutputTokens?: number | undefined;
  /** Thinks unless told not to. */
  readonly reasons?: boolean | undefined;
  /** Shows its reasoning also in protocols whose own models hide it (`reasoning_content`). */
  readonly showsReasoning?: boolean | undefined;
  /** Of an embedding, where the request asks for no other; 256 by default. */
  readonly dimensions?: number | undefined;
  /** Latency of this model; what is left out is the simulator's. */
  readonly pace?: Pace | undefined;
  /** Limits of this model; what is left out is the simulator's. */
  readonly limits?: Limits | undefined;
}

/** The models of a simulator that is given none. Prices are invented. */
export const DEFAULT_MODELS: readonly SimulatedModel[] = [
  { id: 'sim-chat', prices: perMillion(2.5, 10, { cacheRead: 0.25, cacheWrite: 3.125 }) },
  { id: 'sim-mini', prices: perMillion(0.15, 0.6, { cacheRead: 0.015 }), contextLength: 32_000 },
  {
    id: 'sim-reasoner',
    prices: perMillion(1.1, 4.4, { cacheRead: 0.275 }),
    reasons: true,
    showsReasoning: true,
  },
  {
    id: 'sim-claude',
    prices: perMillion(3, 15, { cacheRead: 0.3, cacheWrite: 3.75, cacheWrite1h: 6 }),
  },
  { id: 'sim-embed', kind: 'embedding', prices: perMillion(0.02, 0), contextLength: 8192 },
  {
    id: 'sim-image',
    kind: 'image',
    prices: perMillion(5, 10, { inputImage: 8, outputImage: 32 }),
  },
  {
    id: 'sim-speech',
    kind: 'speech',
    prices: { input: 0, output: 0, units: { millionCharacters: usd(15) } },
  },
  {
    id: 'sim-transcribe',
    kind: 'transcription',
    prices: { input: 0, output: 0, units: { inputAudioMinute: usd(0.006) } },
  },
  {
    id: 'sim-rerank',
    kind: 'rerank',
    prices: { input: 0, output: 0, units: { search: usd(0.002) } },
  },
  { id: 'sim-moderation', kind: 'moderation', prices: { input: 0, output: 0 } },
];

/** Prices from dollars per million tokens. */
function perMillion(
  input: number,
  output: number,
  more: { readonly [Part in Exclude<keyof TokenPrices, 'units'>]?: number } = {},
): TokenPrices {
  const parts = Object.entries(more).map(([name, dollars]) => [name, usd(dollars)]);
  return { input: usd(input), output: usd(output), ...Object.fromEntries(parts) };
}
