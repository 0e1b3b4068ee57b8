import { patternDetector, type Detector } from './detector.js';

// A request with more of them than this is no letter but a list: what comes later is redacted without being kept.
const MOST_KEPT = 1000;

/** What was taken out of one call's request, by the placeholder that stands in its place. */
export class Vault {
  readonly #byPlaceholder = new Map<string, string>();
  readonly #byValue = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** The placeholder of a value; the same for the same. */
  put(value: string, kind: string): string {
    const known = this.#byValue.get(value);
    if (known !== undefined) return known;
    if (this.#byValue.size >= MOST_KEPT) return `[${kind}]`;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const placeholder = `[${kind}_${count}]`;
    this.#byPlaceholder.set(placeholder, value);
    this.#byValue.set(value, placeholder);
    return placeholder;
  }

  /** What stood there; a placeholder that this call never gave stays as it is. @param json The text around it is JSON. */
  get(placeholder: string, json: boolean): string {
    const value = this.#byPlaceholder.get(placeholder);
    if (value === undefined) return placeholder;
    return json ? JSON.stringify(value).slice(1, -1) : value;
  }
}

/** Finds what a vault gave out: `[EMAIL_1]`. */
export const placeholders: Detector = patternDetector({
  kind: 'PLACEHOLDER',
  pattern: /\[[A-Z][A-Z_]{0,40}_\d{1,4}\]/u,
  alphabet: /[[\]A-Z_\d]/u,
  starts: /\[/u,
  longest: 50,
});
