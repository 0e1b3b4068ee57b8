/** How hard a model thinks before it answers; providers get the nearest that they know. */
export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** One portable setting: an effort, a cap in tokens, or both. */
export interface ReasoningSettings {
  readonly effort?: ReasoningEffort | undefined;
  readonly maxTokens?: number | undefined;
}
