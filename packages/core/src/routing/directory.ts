import type { Clock } from '../clock.js';
import { InferwayError } from '../error.js';
import { parseModel, type Model } from '../model.js';
import type { ModelInfo } from '../model-info.js';
import type { ProviderBase } from '../provider.js';
import { linkedController, type LinkedController } from '../signal.js';

/** How discovery asks; all in milliseconds. */
export interface DirectoryTimes {
  /** A listing is asked again, in the background, once it is older. */
  readonly ttlMs: number;
  /** One that could not be renewed for so long is used no more. */
  readonly staleMs: number;
  /** How long one provider may take to answer. */
  readonly timeoutMs: number;
  /** One that could not be asked is not asked again for so long. */
  readonly retryMs: number;
}

/** A provider that could not be asked what it serves. */
export interface Unasked {
  readonly provider: string;
  readonly error: InferwayError;
}

// More than any provider lists; what comes after it is not read.
const MOST_MODELS = 20_000;

/** What the providers say that they serve, each listing kept and renewed by itself. */
export class Directory {
  readonly #listings: ReadonlyMap<string, Listing>;

  constructor(providers: readonly ProviderBase[], times: DirectoryTimes) {
    const asked = providers.filter(({ models }) => typeof models === 'function');
    this.#listings = new Map(
      asked.map((provider) => [provider.name, new Listing(provider, times)]),
    );
  }

  /**
   * Begins to ask what is due. A promise only where that is to be waited for: listings that were never asked for, and, where there is none at all,
   * any. So a provider that is down holds up calls once, not each time that it is asked again. It never rejects, and is bounded in time.
   */
  ready(clock: Clock): Promise<unknown> | undefined {
    let known = false;
    for (const listing of this.#listings.values()) {
      listing.renew(clock);
      known ||= listing.models !== undefined;
    }
    let waits: Promise<unknown>[] | undefined;
    for (const { asking, models, error } of this.#listings.values()) {
      if (asking === undefined || models !== undefined || (known && error !== undefined)) continue;
      (waits ??= []).push(asking);
    }
    return waits === undefined ? undefined : Promise.all(waits);
  }

  /** True where the provider lists its models at all. */
  lists(provider: string): boolean {
    return this.#listings.has(provider);
  }

  /** What was last said of a model. */
  peek({ provider, id }: Model): ModelInfo | undefined {
    return this.#listings.get(provider)?.models?.get(id);
  }

  /** The first `most` models that were last listed. */
  *all(most: number): Iterable<Model> {
    let left = most;
    for (const [provider, { models }] of this.#listings) {
      for (const id of models?.keys() ?? []) {
        if (left-- <= 0) return;
        yield { provider, id };
      }
    }
  }

  /** Providers of which there is no listing to go by, and why. */
  get unasked(): readonly Unasked[] {
    return [...this.#listings.values()].flatMap(({ models, error, provider }) =>
      models === undefined && error !== undefined ? [{ provider: provider.name, error }] : [],
    );
  }

  /** Ends what is being asked. */
  close(): void {
    for (const listing of this.#listings.values()) listing.close();
  }
}

class Listing {
  readonly provider: ProviderBase;
  models: ReadonlyMap<string, ModelInfo> | undefined;
  /** Why it could not be asked the last time. */
  error: InferwayError | undefined;
  asking: Promise<void> | undefined;
  readonly #times: DirectoryTimes;
  #link: LinkedController | undefined;
  /** When it was last told, and when it last failed to tell. */
  #toldAt = 0;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(provider: ProviderBase, times: DirectoryTimes) {
    this.provider = provider;
    this.#times = times;
  }

  /** Asks in the background where that is due. */
  renew(clock: Clock): void {
    const now = clock.now();
    const { ttlMs, staleMs, retryMs } = this.#times;
    const age = now - this.#toldAt;
    if (this.models !== undefined && age <= ttlMs) return;
    if (age > staleMs) this.models = undefined;
    if (this.asking !== undefined || now - this.#failedAt < retryMs) return;
    this.asking = this.#ask(clock).finally(() => {
      this.asking = undefined;
    });
  }

  close(): void {
    this.#link?.abort(new InferwayError('aborted', { message: 'The router was closed.' }));
  }

  async #ask(clock: Clock): Promise<void> {
    const { timeoutMs } = this.#times;
    const link = linkedController(undefined);
    this.#link = link;
    const timer = clock.setTimer(
      () => link.abort(tooSlow(this.provider.name, timeoutMs)),
      timeoutMs,
    );
    try {
      this.models = readListing(await link.race(this.#models(link.signal)));
      this.#toldAt = clock.now();
      this.error = undefined;
    } catch (reason) {
      this.error = InferwayError.from(reason);
      this.#failedAt = clock.now();
    } finally {
      clock.clearTimer(timer);
      this.#link = undefined;
    }
  }

  // Also what a provider throws before it gives a promise is a failure of this one only.
  async #models(signal: AbortSignal): Promise<readonly ModelInfo[]> {
    return (await this.provider.models?.({ signal })) ?? [];
  }
}

// An entry that no call could name is left out: what a provider lists ends up in addresses.
function readListing(listed: readonly ModelInfo[]): ReadonlyMap<string, ModelInfo> {
  if (!Array.isArray(listed)) {
    throw new InferwayError('protocol', { message: 'The listing of models is no list.' });
  }
  const models = new Map<string, ModelInfo>();
  for (const info of (listed as readonly ModelInfo[]).slice(0, MOST_MODELS)) {
    try {
      parseModel({ provider: info.provider, id: info.id });
      models.set(info.id, info);
    } catch {
      // The others are as good as before.
    }
  }
  return models;
}

function tooSlow(provider: string, timeoutMs: number): InferwayError {
  return new InferwayError('timeout', {
    message: `${provider} did not list its models within ${timeoutMs} ms.`,
    provider,
  });
}
