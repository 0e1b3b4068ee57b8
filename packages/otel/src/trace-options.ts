import type { Call } from '@inferway/core';
import type { Attributes } from '@opentelemetry/api';
import type { ContentOptions } from './content-capture.js';
import type { OtelApi } from './otel-api.js';
import type { Profile } from './profile.js';

export interface TraceOptions extends ContentOptions {
  /** A span for each attempt below the target's span. Default true. */
  readonly attempts?: boolean | undefined;
  /**
   * A span around all targets of a call. `auto` (default): where other targets or a layer that decides took part. True also puts the cache's own spans
   * (a Redis client's) below it, because it is then there before anything else.
   */
  readonly pipeline?: boolean | 'auto' | undefined;
  /** Which names are written. Default: `1.41`, or what `OTEL_SEMCONV_STABILITY_OPT_IN` says. */
  readonly profile?: Profile | undefined;
  /** Also writes the cost as `gen_ai.usage.cost` (Langfuse) and `llm.cost.total` (OpenInference). Default false. */
  readonly costAliases?: boolean | undefined;
  /** Further attributes of a call's target spans, such as `gen_ai.conversation.id`. They are yours to keep free of secrets. */
  readonly attributes?: ((call: Call) => Attributes) | undefined;
  /** Base URLs by provider name, for `server.address` and `server.port`. */
  readonly servers?: Readonly<Record<string, string>> | undefined;
  /** The application's own `@opentelemetry/api`, where more than one copy is installed. Default: the one that is found. */
  readonly api?: OtelApi | undefined;
}
