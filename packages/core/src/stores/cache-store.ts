/**
 * Where answers are kept. Keys are short and hold no user data; values are JSON text. A store that answers from memory may do so without a
 * promise. A store may forget anything at any time; what it throws counts as a miss.
 */
export interface CacheStore {
  get(key: string): string | undefined | Promise<string | undefined>;
  set(key: string, value: string, ttlMs: number): void | Promise<void>;
  delete(key: string): void | Promise<void>;
  /** Releases connections. */
  close?(): Promise<void>;
}
