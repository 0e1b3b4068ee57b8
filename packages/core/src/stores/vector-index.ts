/** A vector that was found near another one. */
export interface Neighbour {
  readonly id: string;
  /** The cosine of the angle between both: 1 for the same direction. */
  readonly similarity: number;
}

/**
 * Where vectors are kept, each under a partition and an id. What is in one partition is never found from another. Ids and partitions are short and
 * hold no user data. One that answers from memory may do so without a promise. It may forget anything at any time; what it throws counts as nothing found.
 */
export interface VectorIndex {
  /** Adds a vector, or replaces the one of this id. One without a direction (zeros, numbers that are none) is not taken. */
  add(
    partition: string,
    id: string,
    vector: ArrayLike<number>,
    ttlMs: number,
  ): void | Promise<void>;
  /** Up to `limit` vectors of the partition, nearest first, that are at least so similar. Those of another length are never near. */
  nearest(
    partition: string,
    vector: ArrayLike<number>,
    limit: number,
    atLeast: number,
  ): readonly Neighbour[] | Promise<readonly Neighbour[]>;
  remove(partition: string, id: string): void | Promise<void>;
  /** Releases connections. */
  close?(): Promise<void>;
}
