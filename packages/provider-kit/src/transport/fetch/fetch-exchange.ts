import { contentEncodings } from '../content-encoding.js';
import type { HttpRequest } from '../http-request.js';
import { Incoming } from '../incoming.js';
import { isClosedConnection, networkError } from '../network-error.js';
import { encodingRefused, redirectRefused } from '../refusals.js';
import type { TransportLimits } from '../transport.js';

/** One exchange over `fetch`, which undoes content encodings itself. */
export class FetchExchange extends Incoming {
  readonly #fetch: typeof globalThis.fetch;
  readonly #reached: Set<string>;
  // The abort of one exchange alone: a signal shared with `fetch` directly would keep its listeners.
  readonly #controller = new AbortController();
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #pumping = false;
  #held = false;

  constructor(
    request: HttpRequest,
    limits: TransportLimits,
    fetchWith: typeof globalThis.fetch,
    reached: Set<string>,
  ) {
    super(request, limits);
    this.#fetch = fetchWith;
    this.#reached = reached;
  }

  start(): void {
    void this.#send();
  }

  async #send(): Promise<void> {
    const { origin, path, method, headers, body } = this.request;
    const mayBeKept = this.#reached.has(origin) && !this.resent;
    try {
      const response = await this.#fetch(origin + path, {
        method,
        headers,
        body: (body ?? null) as string | Uint8Array<ArrayBuffer> | null,
        redirect: 'manual',
        signal: this.#controller.signal,
      });
      this.#reached.add(origin);
      this.#headers(response);
    } catch (cause) {
      if (mayBeKept && !this.over && isClosedConnection(cause)) {
        this.resent = true;
        await this.#send();
        return;
      }
      this.fail(networkError(cause, { origin, sent: this.resent ? true : undefined }));
    }
  }

  #headers(response: Response): void {
    if (this.over) return;
    const { status, headers } = response;
    this.status = status;
    this.headers = Object.fromEntries(headers);
    this.request.progress?.headers?.(status);
    const redirected = status >= 300 && status < 400 && this.request.redirects !== 'tell';
    // Browsers do not show where one leads.
    if (response.type === 'opaqueredirect' || redirected) {
      this.abandon(redirectRefused(this.request.origin, status));
      return;
    }
    const found = contentEncodings(this.headers);
    if ('refused' in found) {
      this.abandon(encodingRefused(this.request.origin, found.refused));
      return;
    }
    this.#reader = response.body?.getReader();
    this.accept();
    if (this.#reader === undefined) this.receivedAll();
    else void this.#pump(this.#reader);
  }

  async #pump(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (!this.#held && !this.over) {
        const { done, value } = await reader.read();
        if (done) {
          this.receivedAll();
          break;
        }
        this.request.progress?.bytes?.(value.length);
        this.receive(value);
      }
    } catch (cause) {
      this.fail(networkError(cause, { origin: this.request.origin, sent: true }));
    } finally {
      this.#pumping = false;
    }
  }

  protected closeConnection(reason: Error): void {
    this.#controller.abort(reason);
  }

  protected holdConnection(): void {
    this.#held = true;
  }

  protected resumeConnection(): void {
    this.#held = false;
    if (this.#reader !== undefined) void this.#pump(this.#reader);
  }
}
