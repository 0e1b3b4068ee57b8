import type { Subject } from './subject.js';

/** A text of the sample's request that no error may show. */
export function secretOf({ sample }: Subject): string {
  return (
    sample.secret ?? textsOf(sample.request).reduce((a, b) => (b.length > a.length ? b : a), '')
  );
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap((one) => textsOf(one));
}
