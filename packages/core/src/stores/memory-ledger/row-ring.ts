import type { LedgerQuery, LedgerRow } from '../ledger.js';

/**
 * The last rows that were put in, up to `most`, each in a place of columns: nothing of a row but its texts outlives its writing, and what is kept is
 * little that the garbage collector has to look at. Then the newest takes the place of the oldest.
 */
export class RowRing {
  readonly #most: number;
  readonly #columns = new Columns();
  /** Where the next row goes. */
  #next = 0;
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(row: LedgerRow): void {
    this.#columns.write(this.#next, row);
    this.#next = (this.#next + 1) % this.#most;
    if (this.#size < this.#most) this.#size++;
  }

  /** Those that a query asks for, the oldest first. A row that was put in twice is there once. */
  matching(query: LedgerQuery): LedgerRow[] {
    const found: LedgerRow[] = [];
    const ids = new Set<string>();
    const first = this.#size < this.#most ? 0 : this.#next;
    for (let count = 0; count < this.#size; count++) {
      const place = (first + count) % this.#most;
      const id = this.#columns.idAt(place);
      if (ids.has(id)) continue;
      ids.add(id);
      // Made only of those: to make a row takes far longer than to look at its columns.
      if (this.#columns.matches(place, query)) found.push(this.#columns.read(place));
    }
    return found;
  }
}

type Texts = (string | undefined)[];

/** Rows by place. One member after another by its name: rows are written in the path of calls, and computed names cost several times as much. */
class Columns {
  readonly #id: Texts = [];
  readonly #callId: Texts = [];
  readonly #operation: Texts = [];
  readonly #provider: Texts = [];
  readonly #model: Texts = [];
  readonly #servedBy: Texts = [];
  readonly #credential: Texts = [];
  readonly #requestId: Texts = [];
  readonly #status: Texts = [];
  readonly #error: Texts = [];
  readonly #costSource: Texts = [];
  readonly #tenant: Texts = [];
  readonly #key: Texts = [];
  readonly #user: Texts = [];
  readonly #team: Texts = [];
  readonly #tags: (readonly string[] | undefined)[] = [];
  // NaN for what is not known, so that a column holds numbers alone.
  readonly #attempt: number[] = [];
  readonly #at: number[] = [];
  readonly #durationMs: number[] = [];
  readonly #inputTokens: number[] = [];
  readonly #outputTokens: number[] = [];
  readonly #cacheReadTokens: number[] = [];
  readonly #cacheWriteTokens: number[] = [];
  readonly #reasoningTokens: number[] = [];
  readonly #cost: number[] = [];
  readonly #possiblyBilled: boolean[] = [];

  idAt(place: number): string {
    return this.#id[place] ?? '';
  }

  /** @param place One of those that were written, or the next. */
  write(place: number, row: LedgerRow): void {
    const { tenant, key, user, team, tags } = row.caller;
    // Before anything is written: what is no list throws, and must not leave half of this row in the place of another.
    const ownTags = tags && [...tags];
    this.#id[place] = row.id;
    this.#callId[place] = row.callId;
    this.#operation[place] = row.operation;
    this.#provider[place] = row.provider;
    this.#model[place] = row.model;
    this.#servedBy[place] = row.servedBy;
    this.#credential[place] = row.credential;
    this.#requestId[place] = row.requestId;
    this.#status[place] = row.status;
    this.#error[place] = row.error;
    this.#costSource[place] = row.costSource;
    this.#tenant[place] = tenant;
    this.#key[place] = key;
    this.#user[place] = user;
    this.#team[place] = team;
    this.#tags[place] = ownTags;
    this.#attempt[place] = row.attempt;
    this.#at[place] = row.at;
    this.#durationMs[place] = row.durationMs ?? Number.NaN;
    this.#inputTokens[place] = row.inputTokens ?? Number.NaN;
    this.#outputTokens[place] = row.outputTokens ?? Number.NaN;
    this.#cacheReadTokens[place] = row.cacheReadTokens ?? Number.NaN;
    this.#cacheWriteTokens[place] = row.cacheWriteTokens ?? Number.NaN;
    this.#reasoningTokens[place] = row.reasoningTokens ?? Number.NaN;
    this.#cost[place] = row.cost ?? Number.NaN;
    this.#possiblyBilled[place] = row.possiblyBilled;
  }

  matches(place: number, query: LedgerQuery): boolean {
    const { from, to, tag, tenant, key, user, team, provider, model, callId } = query;
    const at = this.#at[place] ?? 0;
    if (from !== undefined && at < from) return false;
    if (to !== undefined && at >= to) return false;
    return (
      (tenant === undefined || this.#tenant[place] === tenant) &&
      (key === undefined || this.#key[place] === key) &&
      (user === undefined || this.#user[place] === user) &&
      (team === undefined || this.#team[place] === team) &&
      (provider === undefined || this.#provider[place] === provider) &&
      (model === undefined || this.#model[place] === model) &&
      (callId === undefined || this.#callId[place] === callId) &&
      (tag === undefined || this.#tags[place]?.includes(tag) === true)
    );
  }

  /** A new row. */
  read(place: number): LedgerRow {
    const tags = this.#tags[place];
    const row: { readonly [K in keyof LedgerRow]-?: LedgerRow[K] | undefined } = {
      id: this.#id[place],
      callId: this.#callId[place],
      attempt: this.#attempt[place],
      at: this.#at[place],
      durationMs: told(this.#durationMs[place]),
      caller: {
        tenant: this.#tenant[place],
        key: this.#key[place],
        user: this.#user[place],
        team: this.#team[place],
        tags: tags && [...tags],
      },
      operation: this.#operation[place],
      provider: this.#provider[place],
      model: this.#model[place],
      servedBy: this.#servedBy[place],
      credential: this.#credential[place],
      requestId: this.#requestId[place],
      status: this.#status[place] as LedgerRow['status'],
      error: this.#error[place] as LedgerRow['error'],
      inputTokens: told(this.#inputTokens[place]),
      outputTokens: told(this.#outputTokens[place]),
      cacheReadTokens: told(this.#cacheReadTokens[place]),
      cacheWriteTokens: told(this.#cacheWriteTokens[place]),
      reasoningTokens: told(this.#reasoningTokens[place]),
      cost: told(this.#cost[place]),
      costSource: this.#costSource[place] as LedgerRow['costSource'],
      possiblyBilled: this.#possiblyBilled[place],
    };
    return row as LedgerRow;
  }
}

function told(count: number | undefined): number | undefined {
  return Number.isNaN(count) ? undefined : count;
}
