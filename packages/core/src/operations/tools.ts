import type { JsonObject } from '../json.js';
import type { CacheMarker, Opaque } from './parts.js';

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
  /** What one wire format alone knows of the tool (`defer_loading`, `input_examples`), sent only to targets of that format. */
  readonly opaque?: Opaque | undefined;
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
