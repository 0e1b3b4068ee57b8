import type * as OpenTelemetry from '@opentelemetry/api';

/** The parts of `@opentelemetry/api` (1.9 and later) that are used here. */
export type OtelApi = Pick<
  typeof OpenTelemetry,
  'context' | 'createNoopMeter' | 'diag' | 'metrics' | 'trace' | 'SpanKind' | 'SpanStatusCode'
>;

/** Runs work with the API once it is there, or other work where it is not installed. */
export interface ApiSource {
  use<T>(work: (api: OtelApi) => Promise<T>, without: () => Promise<T>): Promise<T>;
}

/**
 * The API that was given, or the installed one, which is an optional peer: it is loaded at the first call, which waits for it, and its
 * absence is no failure. An application without it has no SDK either, so there is nobody to tell.
 */
export function apiSource(given: OtelApi | undefined): ApiSource {
  let loaded = given;
  let absent = false;
  let loading: Promise<void> | undefined;
  const load = async (): Promise<void> => {
    try {
      loaded = await import('@opentelemetry/api');
    } catch {
      absent = true;
    }
  };
  const source: ApiSource = {
    use(work, without) {
      if (loaded !== undefined) return work(loaded);
      return absent ? without() : afterLoad(work, without);
    },
  };
  const afterLoad: ApiSource['use'] = async (work, without) => {
    await (loading ??= load());
    return source.use(work, without);
  };
  return source;
}
