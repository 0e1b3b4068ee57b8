import { resolve } from 'node:path';
import { systemClock, type Clock } from '../clock.js';
import { badOption, checkCount, checkMs } from '../option-checks.js';

/** Where rows are kept on disk, and how safely. `directory` is needed. */
export interface SpoolOptions {
  /** A directory of the spool's own, on a local disk. Processes may share it; it is made where it is missing, for its owner alone (0700). */
  readonly directory: string;
  /** Of this process, with what is kept free for attempts that run. Above it no attempt may begin. Default 64 MiB, at least 64 KiB. */
  readonly maxBytes?: number | undefined;
  /**
   * `batch`: the disk keeps what was written within `fsyncMs`, so that at most as much is lost in a power cut. `never`: when the system likes.
   * A killed process loses nothing either way. Default `batch`.
   */
  readonly fsync?: 'batch' | 'never' | undefined;
  /** Default 200 ms. */
  readonly fsyncMs?: number | undefined;
  /**
   * A process on another machine or in another container, which cannot be asked, counts as dead when it gave no sign for so long. Signs are given
   * four times as often. Default 120,000 ms.
   */
  readonly staleMs?: number | undefined;
  /** Default: the machine's own time. */
  readonly clock?: Clock | undefined;
}

export interface SpoolSettings {
  readonly directory: string;
  readonly maxBytes: number;
  readonly segmentBytes: number;
  readonly fsyncMs: number | undefined;
  readonly staleMs: number;
  readonly clock: Clock;
}

const LEAST_BYTES = 65_536;
const LONGEST_SEGMENT = 4 * 1024 * 1024;

/** @throws {InferwayError} `configuration` for what cannot work. */
export function readSpoolOptions(options: SpoolOptions): SpoolSettings {
  const { directory, fsync = 'batch' } = options;
  if (typeof directory !== 'string' || directory === '') {
    throw badOption(
      'directory',
      'createSpool: no directory is given. Give one of its own, on a local disk.',
    );
  }
  if (fsync !== 'batch' && fsync !== 'never') {
    throw badOption(
      'fsync',
      `createSpool: fsync is ${JSON.stringify(fsync)}; give 'batch' or 'never'.`,
    );
  }
  if (fsync === 'never' && options.fsyncMs !== undefined) {
    throw badOption(
      'fsyncMs',
      "createSpool: fsyncMs is for fsync: 'batch'. Leave one of them out.",
    );
  }
  const maxBytes = checkCount('createSpool', 'maxBytes', options.maxBytes ?? 64 * 1024 * 1024);
  if (maxBytes < LEAST_BYTES) {
    throw badOption(
      'maxBytes',
      `createSpool: maxBytes is ${maxBytes}; give ${LEAST_BYTES} or more.`,
    );
  }
  const fsyncMs = checkMs('createSpool', 'fsyncMs', options.fsyncMs ?? 200);
  return {
    directory: resolve(directory),
    maxBytes,
    segmentBytes: Math.min(LONGEST_SEGMENT, Math.floor(maxBytes / 8)),
    fsyncMs: fsync === 'batch' ? fsyncMs : undefined,
    staleMs: checkMs('createSpool', 'staleMs', options.staleMs ?? 120_000),
    clock: options.clock ?? systemClock,
  };
}
