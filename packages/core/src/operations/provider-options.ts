import type { JsonObject } from '../json.js';

/**
 * Options that one provider alone knows, by the provider's name in the client. They travel with the request through every fallback
 * and are sent only to that provider. Provider packages add their types by declaration merging.
 */
export interface ProviderOptions {
  readonly [provider: string]: object | undefined;
}

/**
 * Fields of the caller's body that the canonical form has no name for, kept as they came.
 * Sent on to targets of the same wire `format`; elsewhere dropped with a warning.
 */
export interface Passthrough {
  readonly format: string;
  readonly fields: JsonObject;
}
