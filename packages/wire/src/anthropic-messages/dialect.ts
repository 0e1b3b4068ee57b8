import type { ReasoningEffort } from '@inferway/core';

/** Values of the `anthropic-version` header. They differ in what a request may hold; answers are the same. */
export type AnthropicVersion = '2023-06-01' | '2026-10-21';

/** What a provider that speaks Anthropic Messages does differently. Without one: version 2023-06-01, and the defaults of {@link AnthropicModelRules}. */
export interface AnthropicDialect {
  /** The version that the provider's requests name. From `2026-10-21` on, sampling settings, citations on user text and documents in assistant turns are refused. */
  readonly version?: AnthropicVersion | undefined;
  /** What one model takes, by the id that is sent. Absent members have their defaults. */
  readonly model?: ((id: string) => AnthropicModelRules | undefined) | undefined;
  /**
   * What becomes of reasoning that has no signature of this format, such as another provider's: `drop` with a warning (the default: Anthropic
   * refuses unsigned blocks), or `thinking` with an empty signature, for servers that do not check it.
   */
  readonly unsignedReasoning?: 'drop' | 'thinking' | undefined;
  /**
   * JSON Schema that `output_config.format` and strict tools may use: Anthropic's `subset` (the default; closed objects, no ranges and
   * lengths), to which schemas are brought with a warning, or `full`, which sends them as they are.
   */
  readonly schemas?: 'subset' | 'full' | undefined;
}

/** What one model takes. Breaking any of these rules is a 400 from Anthropic. */
export interface AnthropicModelRules {
  /** `max_tokens` to write where the request has none; the field is required. Default 4096, which every model has. */
  readonly maxTokens?: number | undefined;
  /** The most `max_tokens` that the model takes. Default: not known, and everything is sent. */
  readonly mostTokens?: number | undefined;
  /** `temperature`, `top_p` and `top_k`; `one`: not `temperature` and `top_p` in one request. Default: as the version has it. */
  readonly sampling?: boolean | 'one' | undefined;
  /** A last message of the assistant, to be continued. Default true. */
  readonly prefill?: boolean | undefined;
  /** `role: "system"` turns after the first message. Default false: they join the system prompt. */
  readonly systemTurns?: boolean | undefined;
  /** Forms of `thinking` taken: `adaptive` (with `output_config.effort`), `budget` (`enabled` with `budget_tokens`). Default `both`. */
  readonly thinking?: 'adaptive' | 'budget' | 'both' | 'none' | undefined;
  /** How thinking is turned off: the type that does it, or `never`. Default `disabled`. */
  readonly thinkingOff?: 'disabled' | 'between_tools' | 'never' | undefined;
  /** Levels of `output_config.effort`. Default: all for models with adaptive thinking, none for the others. */
  readonly efforts?: readonly AnthropicEffort[] | undefined;
  /** `tool_choice` of the types `any` and `tool`. Default true. */
  readonly forcedTools?: boolean | undefined;
  /** `output_config.format` and strict tools. Default true. Where not, the schema is told to the model in the system prompt. */
  readonly structuredOutput?: boolean | undefined;
}

/** The words of `output_config.effort`, from little to much. */
export const ANTHROPIC_EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;

export type AnthropicEffort = Extract<ReasoningEffort, (typeof ANTHROPIC_EFFORTS)[number]>;
