import type { JsonObject, Operation } from '@inferway/core';
import type { Voice } from '../protocols/voice.js';
import type { AnyEndpoint } from '../serve/endpoint.js';
import type { Batch } from './batch.js';

/** What the protocols with file-based batches do differently. */
export interface BatchProfile {
  readonly voice: Voice;
  /** Before `/files` and `/batches`: `/v1`. */
  readonly prefix: string;
  /** By what a batch calls them: `/v1/chat/completions`. */
  readonly endpoints: Readonly<Record<string, AnyEndpoint<Operation>>>;
  /** Of a file that a batch is made of. Default `batch`. */
  readonly purpose?: string | undefined;
  /** Where files are uploaded, below the prefix. Default `/files`. */
  readonly uploadPath?: string | undefined;
  /** False: a line holds the id and the body alone. */
  readonly lineNamesRoute?: boolean | undefined;
  /** False: items that were not run are in no file. */
  readonly listsUnrun?: boolean | undefined;
  /** A batch as the protocol tells of it. Default: as OpenAI does. */
  readonly show?: ((batch: Batch, now: number) => JsonObject) | undefined;
  /** The answer to an order, around what `show` gives. */
  readonly ordered?: ((shown: JsonObject) => JsonObject) | undefined;
  /** The listing, of what `show` gives. */
  readonly listed?: ((shown: readonly JsonObject[]) => object) | undefined;
  readonly orderedStatus?: number | undefined;
}
