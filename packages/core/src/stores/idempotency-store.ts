/** Who wants to run the call of a key, and what call it is. */
export interface ClaimRequest {
  /** Of the call's parameters: under one key only the same ones are the same call. A hash. */
  readonly fingerprint: string;
  /** Unique over all calls of all processes. */
  readonly owner: string;
  /** For how long it is the owner's without being renewed. After that the process counts as dead, and the key is free. */
  readonly leaseMs: number;
}

/**
 * `claimed`: it is the owner's now. `running`: a call with the same parameters has it. `done`: one had it, and this is what it finished with.
 * `mismatch`: it is, or was, another call's. `full`: the store has no room for one more, and nothing that it may forget.
 */
export type IdempotencyClaim =
  | { readonly state: 'claimed' | 'running' | 'mismatch' | 'full' }
  | { readonly state: 'done'; readonly answer: string };

/**
 * Which calls run, and how they ended, by idempotency key: each decision one round trip, and of several that are asked at the same time exactly one is
 * first. Keys are short hashes and hold no user data; answers are JSON text. Only the owner of a claim that has not ended renews, finishes or releases
 * it. A store may forget what is finished, but no claim before its lease ends.
 */
export interface IdempotencyStore {
  claim(key: string, request: ClaimRequest): IdempotencyClaim | Promise<IdempotencyClaim>;
  /** The lease lasts for `leaseMs` from now on. False: the claim is not the owner's any more. */
  renew(key: string, owner: string, leaseMs: number): boolean | Promise<boolean>;
  /** Keeps the answer for `ttlMs`. `lost`: the claim is not the owner's any more. `full`: the store has no room for it, and the claim stays as it is. */
  finish(
    key: string,
    owner: string,
    answer: string,
    ttlMs: number,
  ): IdempotencyFinish | Promise<IdempotencyFinish>;
  /** The key is free again. Nothing happens where the claim is not the owner's. */
  release(key: string, owner: string): void | Promise<void>;
  /** Releases connections. */
  close?(): Promise<void>;
}

export type IdempotencyFinish = 'kept' | 'lost' | 'full';
