import type { ErrorCode, Operation, Provider } from '@inferway/core';
import type { Transport } from '@inferway/provider-kit';
import type { Runner } from '../runner.js';
import type { Sample } from '../samples/sample.js';
import type { ServerDoors } from '../wire/format-script.js';
import type { WireAnswer } from '../wire/wire-answer.js';
import type { WireScript } from '../wire/wire-script.js';

/** What the adapter is to be made with. */
export interface ProviderSetup {
  /** Of the kit's server, with a path: `http://127.0.0.1:…/base`. */
  readonly baseUrl: string;
  /** Empty where the kit looks at what happens without one. */
  readonly apiKey: string;
  /** Given where a check needs limits of its own; pass it on as it is. */
  readonly transport?: Transport | undefined;
}

/** Makes the adapter; called for every test. */
export type ProviderFactory = (setup: ProviderSetup) => Provider;

/** What an adapter speaks: a wire format with its server's doors, or a script of a protocol of its own. */
export type Wire<K extends Operation> = ServerDoors<K> | WireScript<K>;

export interface ProviderSuite<K extends Operation> {
  /** Those that the adapter has, and no others. */
  readonly operations: readonly K[];
  /** For each of them, what it speaks. */
  readonly wire: { readonly [P in K]: Wire<P> };
  /** For operations that the kit does not know: what to ask, and what is answered. */
  readonly samples?: { readonly [P in K]?: Sample<P> | undefined } | undefined;
  /** Title of the suite. Default: the provider's name. Tell suites of one adapter with several settings apart by it. */
  readonly name?: string | undefined;
  /** Model id to call, without the provider's name; one, or one for each operation. Default `test-model`. */
  readonly model?: string | { readonly [P in K]?: string | undefined } | undefined;
  /** The key to make the adapter with, where keys have a form. Default `sk-conformance-…`. */
  readonly apiKey?: string | undefined;
  /** The response header that holds the provider's id of a request; false where there is none. Default `x-request-id`. */
  readonly requestIdHeader?: string | false | undefined;
  /** Behind a router: the response header that names who served the call. */
  readonly servedByHeader?: string | undefined;
  /** Codes of statuses that this provider means otherwise than HTTP does. */
  readonly statuses?: Readonly<Record<number, ErrorCode>> | undefined;
  /** Discovery: what the provider answers, by path beneath the base URL, and the ids that must be listed. */
  readonly models?: ModelListing | undefined;
  /** Milliseconds that a check waits for what must come, before it fails. Default 5000. */
  readonly patienceMs?: number | undefined;
  /** Default: global `describe` and `it`, else `node:test`. */
  readonly runner?: Runner | undefined;
}

/** See `ProviderSuite.models`. */
export interface ModelListing {
  readonly answer: (path: string) => WireAnswer;
  readonly ids: readonly string[];
}
