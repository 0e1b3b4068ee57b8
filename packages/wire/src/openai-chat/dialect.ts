import type { JsonObject, ReasoningEffort, ReasoningSettings } from '@inferway/core';
import type { CacheMarkers } from '../openai/cache-marker.js';
import type { ChatSetting } from '../openai/chat-setting.js';
import type { ReadTimings } from '../openai/timings.js';
import type { OwnFields } from '../openai/own-fields.js';
import type { SystemRole } from '../openai/system-role.js';
import type { ReasoningTokens } from '../openai/usage.js';

/**
 * What providers that speak Chat Completions do differently. All is optional; what is left out is what most servers accept.
 * Reading needs little of it: answers of every known dialect are understood without being told.
 */
export interface OpenAIChatDialect {
  /** The field of `maxOutputTokens`. Default `max_tokens`; OpenAI's reasoning models take only the other. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens' | undefined;
  /** The role of instructions. Default `system`, also for developer messages, since few chat templates know that role. */
  readonly systemRole?: SystemRole | undefined;
  /**
   * How `reasoning` is asked for: `reasoning_effort`, OpenRouter's object `reasoning: { effort, max_tokens }`, an effort with the switch
   * `reasoning: { enabled }` beside it, or fields of its own. Default `effort`.
   */
  readonly reasoning?:
    | 'effort'
    | 'object'
    | 'switch'
    | ((settings: ReasoningSettings) => JsonObject)
    | undefined;
  /** The efforts that are known; another one becomes the nearest, with a warning. Default: all are sent as they are. */
  readonly efforts?: readonly ReasoningEffort[] | undefined;
  /** The words of efforts that have others there, such as `default` for the only one besides `none`. */
  readonly effortWords?: Readonly<Partial<Record<ReasoningEffort, string>>> | undefined;
  /**
   * How reasoning of earlier answers is sent back: a text field, or `both` for servers that have renamed it; with the opaque entries of
   * `reasoning_details` that came from this format (OpenRouter); `portable`: also with other formats' signatures, which only another
   * Inferway understands. Default `none`.
   */
  readonly reasoningInput?:
    | 'none'
    | 'reasoning_content'
    | 'reasoning'
    | 'both'
    | 'reasoning_details'
    | 'portable'
    | undefined;
  /**
   * The form of `response_format` for a schema: OpenAI's, the older `{ type, schema }`, `both` in one object for servers that are
   * changing from one to the other, or only "some JSON", with the schema in a system message. Default `openai`.
   */
  readonly jsonSchema?: 'openai' | 'flat' | 'both' | 'json-object' | undefined;
  /** How log probabilities are asked for: OpenAI's switch with `top_logprobs`, or their number in `logprobs`. Default `switch`. */
  readonly logprobs?: 'switch' | 'number' | undefined;
  /** False: `stream_options.include_usage` is not sent, since usage comes unasked or the field is refused. Default true. */
  readonly streamUsage?: boolean | undefined;
  /** The words of `serviceTier` that are known, by the portable ones or themselves; others are dropped with a warning. Default: all are sent. */
  readonly serviceTiers?: Readonly<Record<string, string>> | undefined;
  /** False: a tool's result is sent without the tool's name, where members beyond the protocol are refused. Default true. */
  readonly resultNames?: boolean | undefined;
  /** How cache markers are written on parts. Default `none`: caching needs no marker there. */
  readonly cacheMarkers?: CacheMarkers | undefined;
  /** True: several text parts of a message become one string, for servers that take no lists. */
  readonly joinText?: boolean | undefined;
  /** Turns the provider's own options into fields of this API. Default: they are sent as they are. */
  readonly ownFields?: OwnFields | undefined;
  /** Settings that are refused: dropped with a warning. */
  readonly unsupported?: readonly ChatSetting[] | undefined;
  /**
   * Reasoning stands inside the text as `<think>…</think>`: `tags` where the model writes both, `closing` where the chat template
   * has opened the tag already.
   */
  readonly thinkTags?: 'tags' | 'closing' | undefined;
  /** Whether `completion_tokens` holds the reasoning. Default: seen from the figures. */
  readonly reasoningTokens?: ReasoningTokens | undefined;
  /** Fields that are sent unless the caller's own say otherwise. */
  readonly defaults?: JsonObject | undefined;
  /** Reads what an answer's body, or a chunk that tells usage, says of the time that the server needed. */
  readonly timings?: ReadTimings | undefined;
}

/** The name of the format; also the tag of its opaque parts. */
export const OPENAI_CHAT = 'openai-chat';
