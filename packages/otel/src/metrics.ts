import { InferwayError, type AnyReply, type Middleware } from '@inferway/core';
import type { MeterProvider } from '@opentelemetry/api';
import { EventLabels } from './event-labels.js';
import { latestMetrics } from './latest-metrics.js';
import { MetricLabels } from './metric-labels.js';
import { MetricSink, type MetricTools } from './metric-sink.js';
import type { MetricWriter } from './metric-writer.js';
import { apiSource, type OtelApi } from './otel-api.js';
import { OwnMetrics } from './own-metrics.js';
import { chooseProfile, type Profile } from './profile.js';
import { readServers } from './server-address.js';
import { taggedMetrics } from './tagged-metrics.js';
import { trackCall } from './track-call.js';
import type { Tracking } from './tracking.js';

const SCOPE = '@inferway/otel';

export interface MetricsOptions {
  /** Which names are written. Default: `1.41`, or what `OTEL_SEMCONV_STABILITY_OPT_IN` says. */
  readonly profile?: Profile | undefined;
  /** Base URLs by provider name, for `server.address` and `server.port`. */
  readonly servers?: Readonly<Record<string, string>> | undefined;
  /** How many models may be labels; the rest are `_OTHER`. Default 500. */
  readonly maxModels?: number | undefined;
  /** The application's own `@opentelemetry/api`, where more than one copy is installed. Default: the one that is found. */
  readonly api?: OtelApi | undefined;
}

/**
 * Measures calls by the OpenTelemetry conventions for generative AI: durations, tokens, time to the first chunk and between chunks, once for
 * each target (provider and model) with all its attempts; and, under `inferway.`, what each layer decides, each attempt, and what is spent. No
 * prompt, key, user or tenant is a label. List it beside `trace()`.
 * Without `@opentelemetry/api`, or without an SDK, it does nothing.
 *
 * @throws {InferwayError} `configuration` for a server that is no URL, or a `maxModels` that is no count.
 */
export function metrics(options: MetricsOptions = {}): Middleware {
  const profile = chooseProfile(options.profile);
  const labels = new MetricLabels(readServers(options.servers), checkCount(options.maxModels));
  const source = apiSource(options.api);
  let provider: MeterProvider | undefined;
  const eventLabels = new EventLabels(labels);
  let instruments: Instruments | undefined;
  let tools: MetricTools | undefined;

  // An instrument made before the SDK was registered stays dead: made on first use, and again for another provider.
  const instrumentsOf = (api: OtelApi): Instruments => {
    const registered = api.metrics.getMeterProvider();
    if (instruments === undefined || registered !== provider) {
      const meter = registered.getMeter(SCOPE);
      const writer = profile === 'latest' ? latestMetrics(meter) : taggedMetrics(meter);
      instruments = { writer, own: new OwnMetrics(meter) };
      provider = registered;
    }
    return instruments;
  };
  // Made apart from any call: a closure that sees one would hold its stream.
  const toolsOf = (api: OtelApi): MetricTools =>
    (tools ??= {
      api,
      labels,
      eventLabels,
      writer: () => instrumentsOf(api).writer,
      own: () => instrumentsOf(api).own,
      report: (reason) => api.diag.error('@inferway/otel metrics:', reason),
    });

  return function metrics(call, next) {
    return source.use(
      (api) => {
        if (!hasSdk(api)) return next(call) as Promise<AnyReply>;
        return trackCall(call, next, tracked(toolsOf(api)));
      },
      () => next(call) as Promise<AnyReply>,
    );
  };
}

interface Instruments {
  readonly writer: MetricWriter;
  readonly own: OwnMetrics;
}

function tracked(tools: MetricTools): Tracking {
  return { sink: new MetricSink(tools), report: tools.report, forked: () => tracked(tools) };
}

// Without an SDK the API gives everybody the one meter that does nothing.
function hasSdk(api: OtelApi): boolean {
  return api.metrics.getMeterProvider().getMeter(SCOPE) !== api.createNoopMeter();
}

function checkCount(count = 500): number {
  if (Number.isInteger(count) && count >= 0) return count;
  throw new InferwayError('configuration', {
    message: `maxModels is ${count}; give a whole number of 0 or more.`,
    param: 'maxModels',
  });
}
