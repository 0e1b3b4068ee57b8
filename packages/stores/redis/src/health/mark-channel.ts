import type { Clock } from '@inferway/core';
import type { HealthMark } from '@inferway/core/stores';
import { RedisLink } from '../redis-link.js';
import type { RedisSettings } from '../redis-options.js';

type Listener = (mark: HealthMark) => void;

/** Where marks are told: a connection of its own, made when somebody watches first, and again whenever it is lost. */
export class MarkChannel {
  readonly name: string;
  readonly #settings: RedisSettings;
  readonly #clock: Clock | undefined;
  readonly #listeners = new Set<Listener>();
  #link: RedisLink | undefined;
  #closed = false;

  constructor(name: string, settings: RedisSettings, clock: Clock | undefined) {
    this.name = name;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Marks made while there is no connection are not told: who must know asks. */
  watch(listener: Listener): () => void {
    // One listener may be given twice; each time it is stopped by itself.
    const own: Listener = (mark) => listener(mark);
    this.#listeners.add(own);
    if (this.#link === undefined && !this.#closed) {
      this.#link = new RedisLink(this.#settings, this.#clock, async (client) => {
        await client.subscribe(this.name, (message) => this.#tell(message));
      });
      this.#link.ready().catch(() => {});
    }
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) void this.#leave();
    };
  }

  /** Nobody is told any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    await this.#leave();
  }

  async #leave(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    await link?.close();
  }

  #tell(message: string): void {
    const mark = readMark(message);
    if (mark === undefined) return;
    for (const listener of this.#listeners) {
      try {
        listener(mark);
      } catch {
        // Who watches must not hinder the others.
      }
    }
  }
}

/** `<ms left>|<bytes of the key>|<key><reason>`: neither key nor reason is free of any sign. */
function readMark(message: string): HealthMark | undefined {
  const [head, leftMs, length] = /^(\d+)\|(\d+)\|/u.exec(message) ?? [];
  if (head === undefined) return undefined;
  const rest = Buffer.from(message.slice(head.length));
  const key = rest.subarray(0, Number(length)).toString();
  const reason = rest.subarray(Number(length)).toString();
  return { key, leftMs: Number(leftMs), reason };
}
