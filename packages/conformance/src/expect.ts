import { AssertionError, deepStrictEqual } from 'node:assert/strict';

/**
 * Compares what `expected` names, deeply: objects may have further members, lists have as many entries.
 *
 * @throws {AssertionError} that shows both, `what` in front.
 */
export function expectMatch(actual: unknown, expected: unknown, what: string): void {
  try {
    deepStrictEqual(trimmed(actual, expected), plain(expected));
  } catch (reason) {
    const { message, actual: shown } = reason as AssertionError;
    throw new AssertionError({ message: `${what}: ${message}`, actual: shown, expected });
  }
}

/** True, or the failure `what`. */
export function expectTrue(value: boolean, what: string): asserts value {
  if (!value) throw new AssertionError({ message: what, actual: value, expected: true });
}

/** `actual` with the members that `expected` names. */
function trimmed(actual: unknown, expected: unknown): unknown {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return actual.map(
      (one, i) => (i < expected.length ? trimmed(one, expected[i]) : one) as unknown,
    );
  }
  if (isPlain(expected) && typeof actual === 'object' && actual !== null) {
    return Object.fromEntries(
      Object.keys(expected).map((key) => [
        key,
        trimmed((actual as Record<string, unknown>)[key], expected[key]),
      ]),
    );
  }
  return plain(actual);
}

/** Bytes as text, whichever class holds them: `Buffer` and `Uint8Array` are the same to a caller. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array)
    return `${value.length} bytes ${Buffer.from(value).toString('base64')}`;
  if (Array.isArray(value)) return value.map((one) => plain(one));
  if (!isPlain(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value)
  );
}
