import type { ProviderOf } from '@inferway/core';
import {
  defineProvider,
  endpoint,
  type Endpoint,
  type Endpoints,
  type Profile,
} from '../../src/index.js';
import { faultServer, type FaultServer, type Scenario } from '../../src/testing/index.js';
import { lineFormat } from './line-format.js';

/** A provider of the test protocol, at a server of its own, and all that is to be closed after a test. */
export class LineBench {
  readonly #open: { close(): Promise<void> }[] = [];

  async serve(scenario: Scenario): Promise<FaultServer> {
    const server = await faultServer(scenario);
    this.#open.push(server);
    return server;
  }

  provide(
    server: { readonly origin: string },
    more: Partial<Profile<'line', Endpoints>> = {},
  ): ProviderOf<'line', 'chat'> {
    const provider = defineProvider({
      name: 'line',
      baseUrl: `${server.origin}/base/`,
      key: { apiKey: 'sk-line-secret' },
      endpoints: { chat: endpoint({ format: lineFormat, path: 'chat' }) },
      ...more,
    } as Profile<'line', { chat: Endpoint<'chat'> }>);
    this.#open.push({ close: async () => provider.close?.() });
    return provider;
  }

  closeLater(one: { close(): Promise<void> }): void {
    this.#open.push(one);
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((one) => one.close()));
  }
}

/** Answers every request with these bytes. */
export const always =
  (bytes: string | Uint8Array): Scenario =>
  async (connection) => {
    while ((await connection.request()) !== undefined) await connection.write(bytes);
  };

export const ask: {
  readonly model: 'line/m';
  readonly messages: readonly [{ readonly role: 'user'; readonly content: string }];
} = { model: 'line/m', messages: [{ role: 'user', content: 'hello there' }] };
