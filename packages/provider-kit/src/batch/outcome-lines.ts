import {
  InferwayError,
  isJsonObject,
  type BatchOutcome,
  type JsonObject,
  type JsonValue,
} from '@inferway/core';
import { JsonLines, type ByteDecoder } from '@inferway/wire';

/**
 * Outcomes of a batch as lines of JSON, each of which names its item by `custom_id`. Lines are decoded as they arrive; one that cannot be
 * read is a failed outcome of its own. What else a line holds is the provider's.
 */
export abstract class OutcomeLines implements ByteDecoder<BatchOutcome> {
  readonly done: false = false;
  readonly usage: undefined = undefined;
  readonly #provider: string;
  readonly #file: string;
  readonly #lines: JsonLines;
  #out: BatchOutcome[] = [];
  #line = 0;

  /** @param file Says which file it is, in ids of lines that name no item. */
  constructor(provider: string, file: string) {
    this.#provider = provider;
    this.#file = file;
    this.#lines = new JsonLines(undefined, (error) => this.#junk(error));
  }

  /** Reads the line of one item. */
  protected abstract outcome(id: string, line: JsonObject): BatchOutcome;

  bytes(chunk: Uint8Array, out: BatchOutcome[]): void {
    this.#out = out;
    this.#lines.push(chunk, this.#onLine);
  }

  end(out: BatchOutcome[]): void {
    this.#out = out;
    this.#lines.end(this.#onLine);
  }

  /** The error of an item that was never run. */
  protected notRun(code: 'timeout' | 'aborted', providerCode: string): InferwayError {
    const why = code === 'timeout' ? 'expired' : 'was cancelled';
    return new InferwayError(code, {
      message: `The batch ${why} before ${this.#provider} ran this item, which is not billed. Send it again where it is still wanted.`,
      provider: this.#provider,
      providerCode,
      sent: 'no',
      retryable: true,
    });
  }

  readonly #onLine = (line: JsonValue): void => {
    if (!isJsonObject(line) || typeof line.custom_id !== 'string') {
      this.#junk(
        new InferwayError('protocol', { message: 'A line of the results names no item.' }),
      );
      return;
    }
    this.#line++;
    this.#out.push(this.outcome(line.custom_id, line));
  };

  #junk(error: InferwayError): void {
    this.#line++;
    error.provider ??= this.#provider;
    this.#out.push({ id: `${this.#file}:${this.#line}`, status: 'failed', error });
  }
}
