import { join } from 'node:path';
import { readSegment } from './read-segment.js';
import { SpoolFile } from './spool-file.js';
import { writeLine } from './spool-line.js';
import type { LedgerRow } from '../stores/ledger.js';

interface Segment {
  readonly file: SpoolFile;
  /** Lines of attempts that began in it and run. */
  readonly open: Map<string, string>;
  /** Rows in it that the ledger does not have. */
  rows: number;
  /** Part of `rows` that nobody has in memory. */
  deferred: number;
}

// What the row of an attempt's end may have more than that of its beginning.
const END_BYTES = 768;

/**
 * The lines of one process in files of a few megabytes. The oldest file is removed as soon as nothing in it is needed; attempts that run for
 * long are then written once more, into the newest, so that they hold no space.
 */
export class SpoolLog {
  readonly #directory: string;
  readonly #segmentBytes: number;
  readonly #segments: Segment[] = [];
  /** In which segment the row of an id is, while it is in memory, too. */
  readonly #rows = new Map<string, Segment>();
  readonly #open = new Map<string, Segment>();
  #number = 0;
  #closedBytes = 0;
  /** For the ends of the attempts that run, so that they always fit. */
  #reserved = 0;

  constructor(directory: string, segmentBytes: number) {
    this.#directory = directory;
    this.#segmentBytes = segmentBytes;
    this.#rotate();
  }

  /** On disk, and kept free for the ends of attempts that run. */
  get bytes(): number {
    return this.#closedBytes + this.#current.file.bytes + this.#reserved;
  }

  get unwritten(): number {
    return this.#segments.reduce((sum, { rows }) => sum + rows, this.#open.size);
  }

  /** The ids and lines of the attempts that run. */
  get openEntries(): readonly (readonly [string, string])[] {
    return this.#segments.flatMap(({ open }) => [...open]);
  }

  begin(id: string, line: string): void {
    const segment = this.append(line);
    segment.open.set(id, line);
    this.#open.set(id, segment);
    this.#reserved += line.length + END_BYTES;
  }

  end(id: string, line: string): void {
    // Where this fails the beginning stays, until the ledger has the row.
    const segment = this.append(line);
    this.#forget(id);
    segment.rows++;
    this.#rows.set(id, segment);
  }

  #forget(id: string): void {
    const segment = this.#open.get(id);
    if (segment === undefined) return;
    this.#open.delete(id);
    this.#reserved -= (segment.open.get(id) ?? '').length + END_BYTES;
    segment.open.delete(id);
  }

  append(text: string): Segment {
    if (this.#current.file.bytes >= this.#segmentBytes) this.#rotate();
    const segment = this.#current;
    segment.file.append(text);
    return segment;
  }

  defer(id: string): void {
    const segment = this.#rows.get(id);
    if (segment === undefined) return;
    this.#rows.delete(id);
    segment.deferred++;
  }

  acknowledge(ids: readonly string[]): void {
    for (const id of ids) {
      const segment = this.#rows.get(id);
      this.#forget(id);
      if (segment === undefined) continue;
      this.#rows.delete(id);
      segment.rows--;
    }
    this.#note(ids);
    this.#removeOld();
  }

  /** The rows of the oldest file that has deferred ones; some of them may be in the ledger already. */
  async deferred(): Promise<{ rows: readonly LedgerRow[]; done(): void } | undefined> {
    const segment = this.#segments.find((one) => one.deferred > 0);
    if (segment === undefined) return undefined;
    // Nothing may be added behind the look.
    if (segment === this.#current) this.#rotate();
    const { records } = await readSegment(segment.file.path);
    const rows = records.flatMap((record) => (record.kind === 'E' ? [record.row] : []));
    return {
      rows,
      done: () => {
        this.#note(rows.map(({ id }) => id));
        segment.rows -= segment.deferred;
        segment.deferred = 0;
        this.#removeOld();
      },
    };
  }

  sync(): Promise<void> {
    return this.#current.file.sync();
  }

  /** Closes all files, and removes them where nothing in them is needed. @returns whether that is so. */
  close(): boolean {
    const isDone = this.unwritten === 0;
    for (const { file } of this.#segments.splice(0)) {
      if (isDone) file.remove();
      else file.close();
    }
    return isDone;
  }

  get #current(): Segment {
    return this.#segments.at(-1) as Segment;
  }

  #rotate(): void {
    const path = join(this.#directory, `${String(++this.#number).padStart(8, '0')}.log`);
    const file = new SpoolFile(path);
    const last = this.#segments.at(-1);
    this.#segments.push({ file, open: new Map(), rows: 0, deferred: 0 });
    if (last === undefined) return;
    this.#closedBytes += last.file.bytes;
    const { file: lastFile } = last;
    void lastFile.sync().then(() => lastFile.close());
    this.#removeOld();
  }

  // So that the next process does not give the ledger what it has. It would be ignored there: where the disk is full, it is given.
  #note(ids: readonly string[]): void {
    try {
      this.append(writeLine({ kind: 'A', ids }));
    } catch {
      // See above.
    }
  }

  // Oldest first and without gaps: the row of an attempt is never removed before the line of its beginning.
  #removeOld(): void {
    for (;;) {
      const [oldest] = this.#segments;
      if (oldest === undefined || oldest === this.#current || oldest.rows > 0) return;
      if (!this.#carry(oldest)) return;
      this.#segments.shift();
      this.#closedBytes -= oldest.file.bytes;
      oldest.file.remove();
    }
  }

  #carry(from: Segment): boolean {
    try {
      // Into one file, however long it gets: another one would be looked through here again.
      const { file, open } = this.#current;
      for (const [id, line] of from.open) {
        file.append(line);
        open.set(id, line);
        this.#open.set(id, this.#current);
        from.open.delete(id);
      }
      return true;
    } catch {
      // A full disk: the old file stays.
      return false;
    }
  }
}
