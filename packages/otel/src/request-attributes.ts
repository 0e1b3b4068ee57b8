import type { Attributes } from '@opentelemetry/api';
import { AttributeBag } from './attribute-bag.js';
import type { TargetRun } from './call-run.js';
import type { Profile } from './profile.js';
import * as names from './semconv.js';

/** The settings that requests of the known operations share. Those of other operations may have any type: each is tested. */
interface Settings {
  readonly temperature?: unknown;
  readonly topP?: unknown;
  readonly topK?: unknown;
  readonly frequencyPenalty?: unknown;
  readonly presencePenalty?: unknown;
  readonly maxOutputTokens?: unknown;
  readonly stop?: unknown;
  readonly seed?: unknown;
  readonly choices?: unknown;
  readonly dimensions?: unknown;
  readonly encoding?: unknown;
  readonly output?: { readonly type?: unknown } | undefined;
  readonly reasoning?: { readonly effort?: unknown } | undefined;
}

/** What was asked for, without a word of the prompt. */
export function requestAttributes(target: TargetRun, profile: Profile): Attributes {
  const settings = (target.request ?? {}) as Settings;
  const bag = new AttributeBag()
    .flag(names.REQUEST_STREAM, target.stream)
    .number(names.REQUEST_TEMPERATURE, settings.temperature)
    .number(names.REQUEST_TOP_P, settings.topP)
    .number(names.REQUEST_TOP_K, settings.topK)
    .number(names.REQUEST_FREQUENCY_PENALTY, settings.frequencyPenalty)
    .number(names.REQUEST_PRESENCE_PENALTY, settings.presencePenalty)
    .number(names.REQUEST_MAX_TOKENS, settings.maxOutputTokens)
    .number(names.REQUEST_SEED, settings.seed)
    .number(names.REQUEST_CHOICE_COUNT, settings.choices === 1 ? undefined : settings.choices)
    .number(names.EMBEDDINGS_DIMENSION_COUNT, settings.dimensions)
    .list(names.REQUEST_STOP_SEQUENCES, settings.stop)
    .text(names.OUTPUT_TYPE, outputType(settings.output?.type));
  if (settings.encoding !== undefined) {
    bag.list(names.REQUEST_ENCODING_FORMATS, [settings.encoding]);
  }
  if (profile === 'latest') bag.text(names.REQUEST_REASONING_LEVEL, settings.reasoning?.effort);
  return bag.values;
}

function outputType(type: unknown): string | undefined {
  if (type === 'json-schema' || type === 'json') return 'json';
  return type === 'text' ? 'text' : undefined;
}
