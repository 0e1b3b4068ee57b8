import { isJsonObject, type JsonObject } from '@inferway/core';
import type { HeaderRecord } from '@inferway/provider-kit';

type Timings = Readonly<Record<string, number>>;

/** By the names that they have in headers (`fireworks-…`) and in a body's `perf_metrics`, all in seconds. */
const NAMES: Readonly<Record<string, string>> = {
  'server-time-to-first-token': 'firstToken',
  'server-processing-time': 'processing',
  'tokenizer-queue-duration': 'tokenizerQueue',
  'tokenizer-duration': 'tokenizer',
  'prefill-queue-duration': 'prefillQueue',
  'prefill-duration': 'prefill',
  'generation-queue-duration': 'generationQueue',
  'generation-duration': 'generation',
};

export function headerTimings(headers: HeaderRecord): Timings | undefined {
  return read((name) => headers[`fireworks-${name}`]);
}

export function bodyTimings({ perf_metrics: metrics }: JsonObject): Timings | undefined {
  return isJsonObject(metrics) ? read((name) => metrics[name]) : undefined;
}

function read(value: (name: string) => unknown): Timings | undefined {
  let found: Record<string, number> | undefined;
  for (const [name, ours] of Object.entries(NAMES)) {
    const told = value(name);
    // Some are told as text, also in bodies.
    const seconds = typeof told === 'string' && told !== '' ? Number(told) : told;
    if (typeof seconds === 'number' && seconds >= 0) (found ??= {})[ours] = seconds * 1000;
  }
  return found;
}
