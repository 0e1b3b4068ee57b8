import { z } from 'zod';
import type { Secret, SecretInput } from './secret.js';

/** A name of the operator's own. */
export const name: z.ZodType<string, string> = z
  .string()
  .regex(
    /^[a-z0-9][\w.-]*$/iu,
    'Use letters, digits, ".", "_" and "-", and begin with a letter or digit',
  );

/** The environment variable that holds a secret. */
export const secret: z.ZodType<Secret, SecretInput> = z.union(
  [
    z
      .string()
      .regex(/^\$\{[A-Za-z_]\w*\}$/u)
      .transform((text) => ({ env: text.slice(2, -1) })),
    z.strictObject({ env: z.string().regex(/^[A-Za-z_]\w*$/u) }),
  ],
  {
    error:
      'A key does not belong into a file. Put it into an environment variable and write "${THE_VARIABLE}"',
  },
);

export const count: z.ZodNumber = z.number().int().positive();
export const milliseconds: z.ZodNumber = count.max(2_147_483_647);
export const dollars: z.ZodNumber = z.number().nonnegative().max(1_000_000);
/** The name of a model, an alias or a route. */
export const target: z.ZodString = z.string().min(1);

/** Figures of `shape`, or `true` for all defaults. */
export function switchable<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodUnion<readonly [z.ZodBoolean, z.ZodObject<Shape, z.core.$strict>]> {
  return z.union([z.boolean(), z.strictObject(shape)]);
}
