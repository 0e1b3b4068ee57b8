import type { JsonObject, Opaque, ReasoningEffort } from '@inferway/core';
import { asObject } from '../lenient.js';
import type { CacheMarkers } from '../openai/cache-marker.js';
import type { ChatSetting } from '../openai/chat-setting.js';
import type { OwnFields } from '../openai/own-fields.js';
import type { SamplingSetting } from '../openai/sampling.js';
import type { SystemRole } from '../openai/system-role.js';
import type { ReasoningTokens } from '../openai/usage.js';

/**
 * What providers that speak the Responses API do differently. All is optional; what is left out is what most servers accept.
 * Reading needs little of it: answers of every known dialect are understood without being told.
 */
export interface OpenAIResponsesDialect {
  /** The role of instructions. Default `system`, also for developer messages. */
  readonly systemRole?: SystemRole | undefined;
  /** The efforts that are known; another one becomes the nearest, with a warning. Default: all are sent as they are. */
  readonly efforts?: readonly ReasoningEffort[] | undefined;
  /**
   * True: `reasoning.encrypted_content` is asked for, so that reasoning can be sent back without being stored at the provider. Models that do
   * not reason refuse that. Default false.
   */
  readonly encryptedReasoning?: boolean | undefined;
  /**
   * Which reasoning of earlier answers is sent back. `encrypted` (default): only what came with `encrypted_content`, since anything else is
   * looked up by its id and refused where it is not stored. `text`: what came as words goes back as it came, and what others signed or
   * encrypted as plain `reasoning_text` (engines that keep no state refuse `encrypted_content`). `portable`: all, with other formats'
   * signatures carried inside, which only another Inferway understands.
   */
  readonly reasoningInput?: 'encrypted' | 'text' | 'portable' | undefined;
  /** The least `max_output_tokens` that is taken; less becomes that, with a warning. Default: any is sent. */
  readonly minOutputTokens?: number | undefined;
  /** What `store` says where the caller says nothing. Default: it is not sent. */
  readonly store?: boolean | undefined;
  /** Sampling settings that are taken beside `temperature` and `top_p`, which are the only ones that OpenAI's reference has. */
  readonly sampling?: readonly SamplingSetting[] | undefined;
  /** Settings that are refused: dropped with a warning. */
  readonly unsupported?: readonly ChatSetting[] | undefined;
  /** How cache markers are written on parts. Default `none`: caching needs no marker there. */
  readonly cacheMarkers?: CacheMarkers | undefined;
  /** Turns the provider's own options into fields of this API. Default: they are sent as they are. */
  readonly ownFields?: OwnFields | undefined;
  /** Whether `output_tokens` holds the reasoning. Default: seen from the figures. */
  readonly reasoningTokens?: ReasoningTokens | undefined;
}

/** The name of the format; also the tag of its opaque parts. */
export const OPENAI_RESPONSES = 'openai-responses';

/** What this format kept in a part; undefined for another format's. */
export function ownValue(opaque: Opaque | undefined): JsonObject | undefined {
  return opaque?.format === OPENAI_RESPONSES ? asObject(opaque.value) : undefined;
}

/** `{ opaque }` for a value with members; nothing for none. */
export function keep(value: JsonObject | undefined): { readonly opaque?: Opaque } {
  return value === undefined || Object.keys(value).length === 0
    ? {}
    : { opaque: { format: OPENAI_RESPONSES, value } };
}
