import type { Attributes } from '@opentelemetry/api';

/** Attributes under construction. What is unknown is left out, never written as 0 or an empty text. */
export class AttributeBag {
  readonly values: Attributes = {};

  /** A number; NaN and infinities, which no exporter can write, are left out. */
  number(name: string, value: unknown): this {
    if (typeof value === 'number' && Number.isFinite(value)) this.values[name] = value;
    return this;
  }

  text(name: string, value: unknown): this {
    if (typeof value === 'string' && value !== '') this.values[name] = value;
    return this;
  }

  /** Texts only: SDK 2 drops a list of mixed types whole. */
  list(name: string, value: unknown): this {
    if (!Array.isArray(value)) return this;
    const texts = value.filter((entry) => typeof entry === 'string');
    if (texts.length > 0) this.values[name] = texts;
    return this;
  }

  /** True or nothing. */
  flag(name: string, value: boolean | undefined): this {
    if (value === true) this.values[name] = true;
    return this;
  }
}
