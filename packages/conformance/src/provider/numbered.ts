import type { Subject } from './subject.js';
import { secretOf } from './secret-of.js';

/** A copy of an answer that belongs to call `number`: every text, every number in a list and the usage tell it. */
export function numbered<T>(answer: T, number: number): T {
  return mapLeaves(answer, (leaf, name) => {
    if (typeof leaf === 'string') return name === 'text' ? `${leaf}#${number}` : leaf;
    if (typeof leaf === 'number')
      return Number.isInteger(Number(name)) || name === 'inputTokens' ? leaf + number : leaf;
    return leaf;
  });
}

/** The sample's request, marked as that of call `number`. */
export function withNumber(subject: Subject, number: number): object {
  const secret = secretOf(subject);
  return mapLeaves(subject.sample.request as object, (leaf) =>
    typeof leaf === 'string' ? leaf.replaceAll(secret, `${secret} canary-${number}-`) : leaf,
  );
}

/** The number in a request that was marked. */
export function numberIn(body: string): number {
  return Number(/canary-(\d+)-/u.exec(body)?.[1] ?? Number.NaN);
}

/** A copy whose leaves are those that `change` gives; `name` is the member's name, or its index in a list. */
function mapLeaves<T>(value: T, change: (leaf: unknown, name: string) => unknown, name = ''): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) {
    return change(value, name) as T;
  }
  const entries = Object.entries(value).map(
    ([key, one]) => [key, mapLeaves(one as unknown, change, key)] as const,
  );
  return (Array.isArray(value) ? entries.map(([, one]) => one) : Object.fromEntries(entries)) as T;
}
