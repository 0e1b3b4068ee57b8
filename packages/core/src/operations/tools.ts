import type { JsonObject } from '../json.js';
import type { CacheMarker } from './parts.js';

/** A function that the application runs when the model asks. */
export interface FunctionTool {
  readonly type?: 'function' | undefined;
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON Schema of the arguments object. */
  readonly parameters?: JsonObject | undefined;
  /** Ask the provider to hold the model to the schema. */
  readonly strict?: boolean | undefined;
  readonly cache?: CacheMarker | undefined;
}

/** A tool that the provider itself runs, in the provider's own words; sent only to targets of `format`. */
export interface ProviderTool {
  readonly type: 'provider';
  readonly format: string;
  readonly value: JsonObject;
}

export type Tool = FunctionTool | ProviderTool;

/** Whether and what the model must call. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };
