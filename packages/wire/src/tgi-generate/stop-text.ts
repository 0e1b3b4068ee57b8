/**
 * TGI's text ends with the stop sequence that ended it; the canonical text does not hold it, as OpenAI's does not
 * (seen in the snapshots of TGI's own integration tests: `stop: ["test"]` gives `… Error in test`).
 */
export function withoutStop(text: string, stops: readonly string[]): string {
  let longest = '';
  for (const stop of stops) {
    if (stop.length > longest.length && text.endsWith(stop)) longest = stop;
  }
  return longest === '' ? text : text.slice(0, -longest.length);
}

/** Keeps back the end of a stream's text as long as it may become a stop sequence, and no more than that. */
export class StopGuard {
  readonly #stops: readonly string[];
  #held = '';

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** Takes the next piece; gives what may be told. */
  take(text: string): string {
    if (this.#stops.length === 0) return text;
    const all = this.#held + text;
    const held = this.#openLength(all);
    this.#held = all.slice(all.length - held);
    return all.slice(0, all.length - held);
  }

  /** What is left at the end. */
  rest(stopped: boolean): string {
    return stopped ? withoutStop(this.#held, this.#stops) : this.#held;
  }

  #openLength(text: string): number {
    let open = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length, text.length); length > open; length--) {
        if (text.endsWith(stop.slice(0, length))) open = length;
      }
    }
    return open;
  }
}
