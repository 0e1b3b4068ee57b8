import { systemClock, type Clock } from '../clock.js';
import { checkCount } from '../option-checks.js';
import type { Neighbour, VectorIndex } from './vector-index.js';

export interface MemoryVectorsOptions {
  /** Of all partitions together. Default 10,000. */
  readonly maxVectors?: number | undefined;
  /** Of one partition, which a search reads whole. Default 1,000. */
  readonly maxPerPartition?: number | undefined;
  /** Of all vectors together, four bytes a dimension. Default 64 MiB. */
  readonly maxBytes?: number | undefined;
  readonly clock?: Clock | undefined;
}

interface Kept {
  /** Of length 1. */
  readonly vector: Float32Array;
  readonly expiresAt: number;
}

type Partition = Map<string, Kept>;

// Single precision leaves a vector's cosine with itself a little off 1.
const ROUNDING = 1e-6;

/**
 * Vectors in this process, compared one by one. Bounded: in a full partition the vector goes that was not found for the longest, in a full index
 * that of the partition that was not used for the longest.
 */
export function memoryVectors(options: MemoryVectorsOptions = {}): VectorIndex {
  const { maxVectors = 10_000, maxPerPartition = 1000, maxBytes = 64 * 1024 * 1024 } = options;
  checkCount('memoryVectors', 'maxVectors', maxVectors);
  checkCount('memoryVectors', 'maxPerPartition', maxPerPartition);
  checkCount('memoryVectors', 'maxBytes', maxBytes);
  const clock = options.clock ?? systemClock;
  // Both in the order of last use, since a Map keeps the order of insertion.
  const partitions = new Map<string, Partition>();
  let count = 0;
  let bytes = 0;

  const drop = (name: string, partition: Partition, id: string): void => {
    const kept = partition.get(id);
    if (kept === undefined) return;
    partition.delete(id);
    count--;
    bytes -= kept.vector.byteLength;
    if (partition.size === 0) partitions.delete(name);
  };
  const dropOldest = (name: string, partition: Partition): void => {
    for (const id of partition.keys()) {
      drop(name, partition, id);
      return;
    }
  };
  const touch = (name: string): Partition => {
    const partition: Partition = partitions.get(name) ?? new Map<string, Kept>();
    partitions.delete(name);
    partitions.set(name, partition);
    return partition;
  };
  const shrink = (): void => {
    for (const [name, partition] of partitions) {
      while (partition.size > 0 && (count > maxVectors || bytes > maxBytes))
        dropOldest(name, partition);
      if (partition.size > 0) return;
    }
  };

  return {
    add(name, id, given, ttlMs) {
      const vector = unitVector(given);
      const before = partitions.get(name);
      if (before !== undefined) drop(name, before, id);
      if (vector === undefined || vector.byteLength > maxBytes) return;
      const partition = touch(name);
      partition.set(id, { vector, expiresAt: clock.now() + ttlMs });
      count++;
      bytes += vector.byteLength;
      if (partition.size > maxPerPartition) dropOldest(name, partition);
      shrink();
    },
    nearest(name, given, limit, atLeast) {
      const vector = unitVector(given);
      if (vector === undefined || !partitions.has(name)) return [];
      const partition = touch(name);
      const now = clock.now();
      const found: Neighbour[] = [];
      for (const [id, kept] of partition) {
        if (kept.expiresAt <= now) drop(name, partition, id);
        else if (kept.vector.length === vector.length) {
          const similarity = Math.min(1, dot(vector, kept.vector));
          if (similarity >= atLeast - ROUNDING) found.push({ id, similarity });
        }
      }
      const nearest = found.sort((a, b) => b.similarity - a.similarity).slice(0, limit);
      for (const { id } of nearest) {
        const kept = partition.get(id) as Kept;
        partition.delete(id);
        partition.set(id, kept);
      }
      return nearest;
    },
    remove(name, id) {
      const partition = partitions.get(name);
      if (partition !== undefined) drop(name, partition, id);
    },
  };
}

/** The same direction with length 1, so that a cosine is a sum of products. Undefined where there is no direction. */
function unitVector(given: ArrayLike<number>): Float32Array | undefined {
  let square = 0;
  for (let index = 0; index < given.length; index++) square += (given[index] as number) ** 2;
  const length = Math.sqrt(square);
  if (!(length > 0) || !Number.isFinite(length)) return undefined;
  const unit = new Float32Array(given.length);
  for (let index = 0; index < unit.length; index++) unit[index] = (given[index] as number) / length;
  return unit;
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++)
    sum += (one[index] as number) * (other[index] as number);
  return sum;
}
