import type { Usage } from '@inferway/core';
import type { Attributes, Context, Counter, Histogram, Meter } from '@opentelemetry/api';
import { SECONDS, TOKENS } from './buckets.js';
import { targetSeconds, type MetricWriter } from './metric-writer.js';
import { TOKEN_MODALITY } from './semconv.js';
import { secondsToFirstChunk } from './target-attributes.js';

type Count = (usage: Usage) => number | undefined;

/** What each usage counter counts, and the audio part of it where one is reported. */
const COUNTERS: Readonly<Record<string, { readonly all: Count; readonly audio?: Count }>> = {
  input_tokens: { all: (usage) => usage.inputTokens, audio: (usage) => usage.inputAudioTokens },
  output_tokens: { all: (usage) => usage.outputTokens, audio: (usage) => usage.outputAudioTokens },
  'cache_read.input_tokens': { all: (usage) => usage.cacheReadTokens },
  'cache_write.input_tokens': { all: (usage) => usage.cacheWriteTokens },
  'reasoning.output_tokens': { all: (usage) => usage.reasoningTokens },
};

const ALWAYS = new Set(['input_tokens', 'output_tokens']);
const INFERENCE = new Set(['chat', 'complete']);

/** The instruments of the conventions' development branch as of October 2026: token counters, and `client.inference.*`. */
export function latestMetrics(meter: Meter): MetricWriter {
  const seconds = (name: string): Histogram =>
    meter.createHistogram(`gen_ai.client.${name}`, {
      unit: 's',
      advice: { explicitBucketBoundaries: SECONDS },
    });
  const distribution = (name: string): Histogram =>
    meter.createHistogram(`gen_ai.client.inference.operation.${name}`, {
      unit: '{token}',
      advice: { explicitBucketBoundaries: TOKENS },
    });
  const inference = seconds('inference.duration');
  const other = seconds('operation.duration');
  const firstChunk = seconds('inference.time_to_first_chunk');
  const perChunk = seconds('inference.time_per_output_chunk');
  const input = distribution('input_tokens');
  const output = distribution('output_tokens');
  const counters = Object.entries(COUNTERS).map(([name, counts]) => ({
    ...counts,
    always: ALWAYS.has(name),
    counter: meter.createCounter(`gen_ai.client.inference.usage.${name}`, { unit: '{token}' }),
  }));

  return {
    gap(_target, gap, labels, context) {
      perChunk.record(gap, labels, context);
    },
    ended(target, { base, end }, context) {
      const isInference = INFERENCE.has(target.operation);
      (isInference ? inference : other).record(targetSeconds(target), end, context);
      const first = secondsToFirstChunk(target);
      if (first !== undefined) firstChunk.record(first, base, context);
      if (!isInference) return;
      const usage = target.usage?.estimated === true ? {} : (target.usage ?? {});
      if (usage.inputTokens !== undefined) input.record(usage.inputTokens, end, context);
      if (usage.outputTokens !== undefined) output.record(usage.outputTokens, end, context);
      for (const { counter, all, audio, always } of counters) {
        // The two totals are counted for every operation, as 0 where nobody said: the convention asks for it.
        const total = all(usage) ?? (always ? 0 : undefined);
        if (total !== undefined) count(counter, total, audio?.(usage) ?? 0, end, context);
      }
    },
  };
}

// Only audio is reported apart; the rest may be text or pictures.
function count(
  counter: Counter,
  total: number,
  audio: number,
  labels: Attributes,
  context: Context,
): void {
  if (audio > 0) counter.add(audio, { ...labels, [TOKEN_MODALITY]: 'audio' }, context);
  counter.add(Math.max(0, total - audio), { ...labels, [TOKEN_MODALITY]: 'unknown' }, context);
}
