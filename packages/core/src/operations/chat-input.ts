import type { JsonObject } from '../json.js';
import type { ChatRequest } from './chat-request.js';
import type { OutputFormat } from './output.js';
import type { ReasoningEffort, ReasoningSettings } from './reasoning.js';
import type { StandardSchema } from './standard-schema.js';
import type { FunctionTool, ProviderTool } from './tools.js';

/** A chat request as an application writes it: schemas may be Standard Schemas, and reasoning a single word. */
export type ChatInput = Omit<ChatRequest, 'output' | 'tools' | 'reasoning'> & {
  readonly output?: OutputInput | undefined;
  readonly tools?: readonly ToolInput[] | undefined;
  readonly reasoning?: ReasoningEffort | ReasoningSettings | undefined;
};

/** `'json'`, a Standard Schema (the answer then has a typed `parsed`), or the full form. */
export type OutputInput = 'text' | 'json' | StandardSchema | SchemaOutput | OutputFormat;

/** A Standard Schema with a name, or with a JSON Schema of its own where its library cannot write one (valibot). */
export interface SchemaOutput<S extends StandardSchema = StandardSchema> {
  readonly schema: S;
  readonly jsonSchema?: JsonObject | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly strict?: boolean | undefined;
  readonly type?: undefined;
}

export type ToolInput =
  | (Omit<FunctionTool, 'parameters'> & {
      readonly parameters?: JsonObject | StandardSchema | undefined;
    })
  | ProviderTool;

/** The type of `parsed` for what was given as `output`; `never` where nothing is parsed. */
export type ParsedOutput<O> =
  O extends StandardSchema<infer _Input, infer T>
    ? T
    : O extends { readonly schema: StandardSchema<infer _I, infer T> }
      ? T
      : O extends 'json' | { readonly type: 'json' } | { readonly type: 'json-schema' }
        ? unknown
        : never;
