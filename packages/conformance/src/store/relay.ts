import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Where a relay passes bytes on to. */
export interface RelayTarget {
  readonly host: string;
  readonly port: number;
}

/** A TCP relay that stands between a client and a real server, and fails on command. */
export interface Relay {
  readonly host: string;
  readonly port: number;
  /** Bytes that clients sent, as text, in the order in which they came: what is on the wire. */
  readonly sent: readonly string[];
  /** Connections that were ever made. */
  readonly accepted: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Holds everything back in both directions, as a frozen server would: connections are still taken. */
  freeze(): void;
  /** Passes on what was held back, and all that comes. */
  thaw(): void;
  /** Answers arrive so much later. 0 ends it. */
  delay(ms: number): void;
  /** Resets every connection after so many more bytes of answers have been passed on. */
  resetAfter(bytes: number): void;
  /** Resets every connection now. */
  reset(): void;
  /** New connections are reset, until `accept`. Those that are open stay. */
  refuse(): void;
  accept(): void;
  /** Where new connections go from now on. */
  retarget(target: RelayTarget): void;
  close(): Promise<void>;
}

/** Starts a relay on loopback. */
export async function relay(target: RelayTarget): Promise<Relay> {
  const running = new RunningRelay(target);
  await running.listen();
  return running;
}

class RunningRelay implements Relay {
  readonly host = '127.0.0.1';
  readonly sent: string[] = [];
  accepted = 0;
  #target: RelayTarget;
  #frozen = false;
  #refusing = false;
  #delayMs = 0;
  #left = Number.POSITIVE_INFINITY;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #held: (() => void)[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #server = createServer({ noDelay: true }, (client) => this.#join(client));

  constructor(target: RelayTarget) {
    this.#target = target;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, this.host);
    await once(this.#server, 'listening');
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get open(): number {
    return this.#pairs.size;
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    for (const pass of this.#held.splice(0)) pass();
  }

  delay(ms: number): void {
    this.#delayMs = ms;
  }

  resetAfter(bytes: number): void {
    this.#left = bytes;
  }

  reset(): void {
    for (const [client, server] of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  refuse(): void {
    this.#refusing = true;
  }

  accept(): void {
    this.#refusing = false;
  }

  retarget(target: RelayTarget): void {
    this.#target = target;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#held.length = 0;
    this.reset();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    this.accepted++;
    client.on('error', () => {});
    if (this.#refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...this.#target, noDelay: true });
    server.on('error', () => client.resetAndDestroy());
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    client.on('data', (bytes: Buffer) => {
      this.sent.push(bytes.toString());
      this.#pass(() => server.write(bytes));
    });
    server.on('data', (bytes: Buffer) => this.#pass(() => this.#answer(client, bytes), true));
    const gone = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    client.on('close', gone);
    server.on('close', gone);
  }

  #answer(client: Socket, bytes: Buffer): void {
    const part = bytes.subarray(0, Math.min(bytes.length, this.#left));
    this.#left -= part.length;
    client.write(part);
    if (this.#left > 0) return;
    this.#left = Number.POSITIVE_INFINITY;
    this.reset();
  }

  #pass(write: () => void, isAnswer = false): void {
    if (this.#frozen) this.#held.push(write);
    else if (isAnswer && this.#delayMs > 0) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        write();
      }, this.#delayMs);
      this.#timers.add(timer);
    } else write();
  }
}
