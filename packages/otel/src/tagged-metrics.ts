import type { Meter } from '@opentelemetry/api';
import { SECONDS, TOKENS } from './buckets.js';
import { targetSeconds, type MetricWriter } from './metric-writer.js';
import { TOKEN_TYPE } from './semconv.js';
import { secondsToFirstChunk } from './target-attributes.js';

/** The instruments of conventions 1.41. */
export function taggedMetrics(meter: Meter): MetricWriter {
  const seconds = (name: string, description: string): ReturnType<Meter['createHistogram']> =>
    meter.createHistogram(`gen_ai.client.operation.${name}`, {
      description,
      unit: 's',
      advice: { explicitBucketBoundaries: SECONDS },
    });
  const duration = seconds('duration', 'Duration of GenAI operations.');
  const firstChunk = seconds('time_to_first_chunk', 'Time to the first chunk of a stream.');
  const perChunk = seconds('time_per_output_chunk', 'Time between chunks after the first.');
  const tokens = meter.createHistogram('gen_ai.client.token.usage', {
    description: 'Tokens used by GenAI operations.',
    unit: '{token}',
    advice: { explicitBucketBoundaries: TOKENS },
  });

  return {
    gap(_target, gap, labels, context) {
      perChunk.record(gap, labels, context);
    },
    ended(target, { base, end }, context) {
      duration.record(targetSeconds(target), end, context);
      const first = secondsToFirstChunk(target);
      if (first !== undefined) firstChunk.record(first, base, context);
      const { inputTokens, outputTokens, estimated } = target.usage ?? {};
      // A histogram cannot say that a figure is an estimate.
      if (estimated === true) return;
      if (inputTokens !== undefined)
        tokens.record(inputTokens, { ...end, [TOKEN_TYPE]: 'input' }, context);
      if (outputTokens !== undefined)
        tokens.record(outputTokens, { ...end, [TOKEN_TYPE]: 'output' }, context);
    },
  };
}
