import { systemClock, type Clock, type InferwayError } from '@inferway/core';
import { createClient } from '@redis/client';
import { connectWord, redisError, redisWord } from './redis-error.js';
import type { RedisSettings } from './redis-options.js';

type Client = ReturnType<typeof createClient>;

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2000;

/** What Redis answers in RESP2. */
export type RedisAnswer = string | number | null | readonly RedisAnswer[];

/**
 * One connection, replaced when it fails. An operation that is not answered in time takes its connection with it, unless others were answered
 * there meanwhile: then the server is only slow, and works through what it was sent. An answer that comes too late has nobody to go to, and
 * never goes to the next one who asks: answers come in the order of the commands, and each command keeps its place. While there is no connection operations fail at once and none waits,
 * save at the very beginning.
 */
export class RedisLink {
  readonly server: string;
  readonly #settings: RedisSettings;
  readonly #clock: Clock;
  readonly #onReady: ((client: Client) => Promise<void>) | undefined;
  #client: Client | undefined;
  #connecting: Promise<void> | undefined;
  /** The one that is being made. */
  #next: Client | undefined;
  #wasReady = false;
  #closed = false;
  #failures = 0;
  /** Why the last connection could not be made. */
  #why: string | undefined;
  #cause: unknown;
  #retry: unknown;
  /** Under way, those included that nobody waits for any more. */
  #pending = 0;
  /** When the present connection last answered. */
  #answeredAt = Number.NEGATIVE_INFINITY;

  /** @param onReady Run on every new connection before it is used. */
  constructor(
    settings: RedisSettings,
    clock: Clock = systemClock,
    onReady?: (client: Client) => Promise<void>,
  ) {
    this.#settings = settings;
    this.server = settings.server;
    this.#clock = clock;
    this.#onReady = onReady;
  }

  /** Settles when there is a connection. @throws {InferwayError} `connection` or `timeout` where the first try fails. */
  async ready(): Promise<void> {
    if (this.#client !== undefined) return;
    await this.#connect();
    if (this.#client === undefined) throw this.#lost();
  }

  /** Sends one command. @throws {InferwayError} `connection`, `timeout`, `server`; `NOSCRIPT` and the like are the `cause`. */
  async send(command: readonly string[]): Promise<RedisAnswer> {
    if (this.#pending >= this.#settings.maxPending) {
      throw this.#error('connection', `${this.#pending} operations wait already (maxPending).`);
    }
    return this.#answer(this.#client ?? (await this.#firstClient()), command);
  }

  /** Ends the connection. What is under way fails. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#clock.clearTimer(this.#retry);
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) destroy(client);
    if (this.#next !== undefined) destroy(this.#next);
    await this.#connecting;
  }

  // Only the very first connection is waited for, and no longer than an operation may take.
  async #firstClient(): Promise<Client> {
    if (this.#closed) throw this.#lost();
    if (!this.#wasReady && this.#failures === 0) {
      this.#pending++;
      try {
        await this.#within(this.#connect(), 'there was no connection', () => {});
      } finally {
        this.#pending--;
      }
    } else if (this.#retry === undefined) void this.#connect();
    if (this.#client === undefined) throw this.#lost();
    return this.#client;
  }

  async #answer(client: Client, command: readonly string[]): Promise<RedisAnswer> {
    const sentAt = this.#clock.now();
    try {
      return await this.#within(
        this.#sent(client, command),
        `${command[0]} was not answered`,
        () => {
          if (this.#answeredAt < sentAt) this.#drop(client);
        },
      );
    } catch (reason) {
      if (this.#isOurs(reason)) throw reason;
      const word = redisWord(reason);
      if (word === undefined) {
        throw this.#error(
          'connection',
          `the connection was lost while ${command[0]} was under way.`,
          reason,
        );
      }
      throw this.#error('server', `${command[0]} was refused: ${word}.`, reason);
    }
  }

  async #sent(client: Client, command: readonly string[]): Promise<RedisAnswer> {
    this.#pending++;
    try {
      const answer = (await client.sendCommand(command as string[])) as RedisAnswer;
      this.#answeredAt = this.#clock.now();
      return answer;
    } finally {
      this.#pending--;
    }
  }

  /** `work`, or a failure when it takes too long. */
  async #within<T>(work: Promise<T>, what: string, onLate: () => void): Promise<T> {
    const ms = this.#settings.timeoutMs;
    let timer: unknown;
    const late = new Promise<never>((_resolve, reject) => {
      timer = this.#clock.setTimer(() => {
        // Where this process was what stood still, the answer is here and only has to be read: that happens before the next immediate.
        setImmediate(() => {
          reject(this.#error('timeout', `${what} within ${ms} ms.`));
        });
      }, ms);
    });
    work.catch(() => {});
    try {
      return await Promise.race([work, late]);
    } catch (reason) {
      if (this.#isOurs(reason)) onLate();
      throw reason;
    } finally {
      this.#clock.clearTimer(timer);
    }
  }

  #connect(): Promise<void> {
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #open(): Promise<void> {
    this.#retry = undefined;
    if (this.#closed) return;
    const client = createClient(this.#settings.client) as Client;
    // What goes wrong is told by the commands; without a listener it would end the process.
    client.on('error', () => this.#drop(client));
    this.#next = client;
    let timer: unknown;
    try {
      // The connection's own limit ends where TCP is there: a frozen server is connected to, and then says nothing.
      const late = new Promise<never>((_resolve, reject) => {
        timer = this.#clock.setTimer(
          () => reject(new Error('no greeting')),
          this.#settings.connectTimeoutMs,
        );
      });
      const greeted = client.connect().then(() => this.#onReady?.(client));
      greeted.catch(() => {});
      await Promise.race([greeted, late]);
      if (this.#closed) {
        destroy(client);
        return;
      }
      client.unref();
      this.#client = client;
      this.#wasReady = true;
      this.#failures = 0;
      this.#why = undefined;
      this.#cause = undefined;
    } catch (reason) {
      destroy(client);
      this.#why = connectWord(reason);
      this.#cause = reason;
      this.#again();
    } finally {
      this.#next = undefined;
      this.#clock.clearTimer(timer);
    }
  }

  /** Gives a connection up and makes another. */
  #drop(client: Client): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    destroy(client);
    this.#again();
  }

  #again(): void {
    if (this.#closed || this.#retry !== undefined) return;
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures++;
    this.#retry = this.#clock.setTimer(
      () => void this.#connect(),
      longest * (0.5 + 0.5 * this.#clock.random()),
    );
    // Waiting for a better time is no reason for a process to stay.
    (this.#retry as { unref?: () => void }).unref?.();
  }

  #lost(): InferwayError {
    if (this.#closed) return this.#error('connection', 'it was closed.');
    const why = this.#why === undefined ? '' : ` (${this.#why})`;
    const what = `there is no connection${why}; another try follows. Is the server there, and do url and password fit?`;
    return this.#error('connection', what, this.#cause);
  }

  #error(code: 'connection' | 'timeout' | 'server', what: string, cause?: unknown): InferwayError {
    return redisError(code, this.server, what, cause);
  }

  #isOurs(reason: unknown): reason is InferwayError {
    return reason instanceof Error && reason.name === 'InferwayError';
  }
}

function destroy(client: Client): void {
  try {
    client.destroy();
  } catch {
    // It was not open any more.
  }
}
