import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { RelayOrder } from './relays.js';

type Store = RelayOrder['store'];

const USUAL_PORT = { redis: 6379, postgres: 5432 } as const;

/** Ways to both stores that can be frozen: what is sent then arrives when they thaw. */
export class StoreRelays {
  /** The URLs of the stores, through the relays. */
  readonly urls: Readonly<Record<Store, string>>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, urls: Readonly<Record<Store, string>>) {
    this.#child = child;
    this.urls = urls;
  }

  static async start(urls: Readonly<Record<Store, string>>): Promise<StoreRelays> {
    const targets = { redis: target(urls, 'redis'), postgres: target(urls, 'postgres') };
    const child = fork(join(import.meta.dirname, 'relays.ts'), {
      env: { ...process.env, ACCOUNTING_TARGETS: JSON.stringify(targets) },
    });
    const [ports] = (await once(child, 'message')) as [Readonly<Record<Store, number>>];
    return new StoreRelays(child, {
      redis: through(urls.redis, ports.redis),
      postgres: through(urls.postgres, ports.postgres),
    });
  }

  freeze(store: Store): void {
    this.#order({ store, do: 'freeze' });
  }

  thaw(store: Store): void {
    this.#order({ store, do: 'thaw' });
  }

  async close(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }

  #order(order: RelayOrder): void {
    this.#child.send(order);
  }
}

function target(
  urls: Readonly<Record<Store, string>>,
  store: Store,
): { host: string; port: number } {
  const { hostname, port } = new URL(urls[store]);
  return { host: hostname, port: port === '' ? USUAL_PORT[store] : Number(port) };
}

function through(url: string, port: number): string {
  const relayed = new URL(url);
  relayed.hostname = '127.0.0.1';
  relayed.port = String(port);
  return relayed.href;
}
