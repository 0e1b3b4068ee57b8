import { InferwayError } from '@inferway/core';
import { expect, test } from 'vitest';

/** Values that no option of a kind may have. */
const NEVER = {
  ms: [-1, 0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '1000', {}],
  count: [-1, 0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', {}],
  amount: [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', {}],
  share: [-0.1, 0, 1.1, Number.NaN, Number.POSITIVE_INFINITY, '0.5', {}],
  flag: ['yes', 1],
  function: ['yes', 1, {}],
  store: [{}, 'redis', null],
} as const;

type Kind = keyof typeof NEVER;

/** One factory: options with which it works, and what each of them may not be. */
export interface Factory {
  readonly name: string;
  readonly make: (options: never) => unknown;
  readonly good?: object;
  /** By the option's name, `a.b` for one inside another. */
  readonly kinds?: Readonly<Record<string, Kind>>;
  /** What is wrong, the options over the good ones, and the `param` that names it. */
  readonly others?: readonly (readonly [what: string, options: object, param: string])[];
}

/** Registers a test for each thing that the factory has to refuse. */
export function refuses({ name, make, good = {}, kinds = {}, others = [] }: Factory): void {
  const build = (options: object): void => void make(options as never);
  test(`${name} is made from good options`, () => {
    expect(() => build(good)).not.toThrow();
  });
  for (const [path, kind] of Object.entries(kinds)) {
    test.each(NEVER[kind].map((value) => [shown(value), value]))(
      `${name} refuses ${path}: %s`,
      (_shown, value) => {
        const { message } = refused(() => build(changed(good, path.split('.'), value)), path);
        expect(message).toContain(path.split('.').at(-1));
      },
    );
  }
  for (const [what, options, param] of others) {
    test(`${name} refuses ${what}`, () => {
      refused(() => build({ ...good, ...options }), param);
    });
  }
}

/** As every refusal must be: `configuration`, the option's name in `param`, and a cure. */
export function refused(build: () => unknown, param: string): InferwayError {
  let error: unknown;
  try {
    build();
  } catch (reason) {
    error = reason;
  }
  if (!(error instanceof InferwayError)) throw new Error(`accepted, or no error of ours: ${error}`);
  expect(error.code).toBe('configuration');
  // `queue.maxWaiting` may be `maxWaiting`, and what is wrong inside of `delayMs` may be named.
  const named = `${error.param}`;
  if (!param.endsWith(`.${named}`) && !named.startsWith(`${param}.`)) expect(named).toBe(param);
  expect(error.message).toMatch(
    /\b(?:give|name|leave|use|set|put|write|take|raise|lower|list|bound|shorten|lengthen|known|correct|must)\b/iu,
  );
  expect(error.retryable).toBe(false);
  return error;
}

function changed(
  options: object,
  [first = '', ...rest]: readonly string[],
  value: unknown,
): object {
  const inner = (options as Record<string, unknown>)[first];
  return {
    ...options,
    [first]: rest.length === 0 ? value : changed((inner ?? {}) as object, rest, value),
  };
}

function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'object'
    ? JSON.stringify(value)
    : String(value);
}
