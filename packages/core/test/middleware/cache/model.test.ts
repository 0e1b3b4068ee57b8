import { createClient, type Client } from '@inferway/core';
import { cache, cacheMode, type CacheMode } from '@inferway/core/caching';
import {
  fail,
  fakeProvider,
  say,
  settle,
  virtualClock,
  wait,
  type FakeProvider,
  type VirtualClock,
} from '@inferway/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const TTL = 100;
const STALE = 300;
const PAUSE = 20;
const SLOW = 7;

interface Entry {
  readonly text: string;
  readonly at: number;
}

/** What a cache should do, told in the plainest way: entries by tenant and question, refreshes that land after `SLOW`. */
class Model {
  time = 0;
  healthy = true;
  /** Calls that reached the provider. */
  calls = 0;
  readonly entries = new Map<string, Entry>();
  readonly refreshes = new Map<
    string,
    { readonly due: number; readonly text: string | undefined }
  >();
  readonly pausedUntil = new Map<string, number>();

  ask(key: string): string | undefined {
    this.calls++;
    return this.healthy ? `${key} ${this.calls}` : undefined;
  }

  land(): void {
    for (const [key, { due, text }] of [...this.refreshes].sort(([, a], [, b]) => a.due - b.due)) {
      if (due > this.time) continue;
      this.refreshes.delete(key);
      if (text === undefined) this.pausedUntil.set(key, due + PAUSE);
      else this.entries.set(key, { text, at: due });
    }
  }
}

interface Real {
  readonly client: Client<FakeProvider<'fake', 'chat'>>;
  readonly clock: VirtualClock;
  readonly provider: FakeProvider<'fake', 'chat'>;
  readonly setHealthy: (healthy: boolean) => void;
}

class Ask implements fc.AsyncCommand<Model, Real> {
  readonly tenant: string;
  readonly question: string;
  readonly mode: CacheMode;
  readonly streamed: boolean;

  constructor(tenant: string, question: string, mode: CacheMode, streamed: boolean) {
    this.tenant = tenant;
    this.question = question;
    this.mode = mode;
    this.streamed = streamed;
  }

  check = (): boolean => true;

  async run(model: Model, { client, clock, provider }: Real): Promise<void> {
    const key = `${this.tenant}/${this.question}`;
    const expected = this.#expect(model, key);
    const input = {
      model: 'fake/m',
      user: this.tenant,
      messages: [{ role: 'user', content: this.question }],
    } as const;
    const options = {
      state: (state: { set: (...given: never[]) => void }) =>
        state.set(cacheMode as never, this.mode as never),
    };
    const asking = this.streamed
      ? client.chat.stream(input, options as never).then((stream) => stream.result)
      : client.chat(input, options as never);
    const outcome = asking.then(
      ({ text, meta }) => ({ text, cache: meta.cache, stale: meta.cached?.stale }),
      () => ({ text: undefined, cache: undefined, stale: undefined }),
    );
    // A call that reaches the provider itself is waited for; meanwhile refreshes land.
    if (expected.waits) {
      await clock.advance(SLOW);
      model.time += SLOW;
      if (expected.stores !== undefined)
        model.entries.set(key, { text: expected.stores, at: model.time });
      model.land();
    }
    expect(await outcome).toEqual({
      text: expected.text,
      cache: expected.cache,
      stale: expected.stale,
    });
    await settle();
    expect(provider.attempts.length).toBe(model.calls);
    // No tenant ever has another one's answer (A7).
    if (expected.text !== undefined) expect(expected.text.startsWith(`${key} `)).toBe(true);
  }

  #expect(
    model: Model,
    key: string,
  ): {
    text: string | undefined;
    cache: string | undefined;
    stale: boolean | undefined;
    waits: boolean;
    stores?: string | undefined;
  } {
    const entry = this.mode === 'use' ? model.entries.get(key) : undefined;
    const age = entry === undefined ? Infinity : model.time - entry.at;
    if (entry !== undefined && age < TTL + STALE) {
      const stale = age >= TTL;
      const paused = model.time < (model.pausedUntil.get(key) ?? 0);
      if (stale && !model.refreshes.has(key) && !paused)
        model.refreshes.set(key, { due: model.time + SLOW, text: model.ask(key) });
      return { text: entry.text, cache: 'hit', stale, waits: false };
    }
    const text = model.ask(key);
    const cache = text === undefined ? undefined : this.mode === 'bypass' ? 'bypass' : 'miss';
    return {
      text,
      cache,
      stale: undefined,
      waits: true,
      stores: this.mode === 'bypass' ? undefined : text,
    };
  }

  toString = (): string =>
    `ask(${this.tenant}/${this.question}, ${this.mode}, ${this.streamed ? 'stream' : 'unary'})`;
}

class Pass implements fc.AsyncCommand<Model, Real> {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
  check = (): boolean => true;
  async run(model: Model, { clock }: Real): Promise<void> {
    await clock.advance(this.ms);
    model.time += this.ms;
    model.land();
  }
  toString = (): string => `pass(${this.ms})`;
}

class Health implements fc.AsyncCommand<Model, Real> {
  readonly healthy: boolean;
  constructor(healthy: boolean) {
    this.healthy = healthy;
  }
  check = (): boolean => true;
  async run(model: Model, real: Real): Promise<void> {
    model.healthy = this.healthy;
    real.setHealthy(this.healthy);
  }
  toString = (): string => `health(${this.healthy})`;
}

test('a cache does what its plain model does, whatever is asked, however time passes, whoever fails', async () => {
  const commands = fc.commands(
    [
      fc
        .tuple(
          fc.constantFrom('acme', 'globex'),
          fc.constantFrom('q1', 'q2'),
          fc.constantFrom<CacheMode>('use', 'use', 'use', 'use', 'refresh', 'bypass'),
          fc.boolean(),
        )
        .map(([tenant, question, mode, streamed]) => new Ask(tenant, question, mode, streamed)),
      fc.constantFrom(1, SLOW, PAUSE, TTL - 1, TTL, STALE).map((ms) => new Pass(ms)),
      fc.boolean().map((healthy) => new Health(healthy)),
    ],
    { maxCommands: 40 },
  );
  await fc.assert(
    fc.asyncProperty(commands, async (list) => {
      const clock = virtualClock();
      let healthy = true;
      const provider = fakeProvider({
        script: (call, n) => {
          const { user, messages } = call.request as {
            user?: string;
            messages: readonly { content: unknown }[];
          };
          return [
            wait(SLOW),
            ...(healthy ? say(`${user}/${String(messages[0]?.content)} ${n}`) : [fail('server')]),
          ];
        },
      });
      const client = createClient({
        providers: [provider],
        clock,
        middleware: [
          cache({
            // The tenant is told apart by the scope alone.
            scope: (call) => (call.request as { user?: string }).user,
            key: (call) => (call.request as { messages: unknown }).messages,
            ttlMs: TTL,
            staleMs: STALE,
            refreshPauseMs: PAUSE,
          }),
        ],
      });
      const real: Real = {
        client,
        clock,
        provider,
        setHealthy: (next) => {
          healthy = next;
        },
      };
      await fc.asyncModelRun(() => ({ model: new Model(), real }), list);
      await clock.advance(100_000);
      expect(clock.timers).toBe(0);
      expect(provider.open).toBe(0);
    }),
    { numRuns: 200 },
  );
});
