import { z } from 'zod';
import type { Config, ConfigInput } from './config.js';

const name = z
  .string()
  .regex(
    /^[a-z0-9][\w.-]*$/iu,
    'Use letters, digits, ".", "_" and "-", and begin with a letter or digit',
  );

const secret = z.union(
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

const count = z.number().int().positive();
const milliseconds = count.max(2_147_483_647);
const timer = z.union([z.literal(false), milliseconds]);
const dollars = z.number().nonnegative().max(1_000_000);
const target = z.string().min(1);

/** Checks a config. Unknown settings are refused: a misspelt one would otherwise do nothing, silently. */
export const configSchema: z.ZodType<Config, ConfigInput> = z.strictObject({
  host: z.string().min(1).optional(),
  port: z.number().int().min(0).max(65_535).optional(),
  keys: z.array(z.strictObject({ id: name, key: secret })).optional(),
  providers: z
    .record(
      name,
      z.strictObject({
        baseUrl: z.url({
          protocol: /^https?$/u,
          error: 'Write a whole URL that begins with http:// or https://',
        }),
        key: secret.optional(),
      }),
    )
    .optional(),
  aliases: z.record(target, z.union([target, z.array(target).min(1)])).optional(),
  attempts: count.max(100).optional(),
  retry: z.union([z.literal(false), z.strictObject({ attempts: count })]).optional(),
  timeouts: z
    .strictObject({
      connectMs: timer.optional(),
      firstEventMs: timer.optional(),
      idleBytesMs: timer.optional(),
      idleContentMs: timer.optional(),
      totalMs: timer.optional(),
    })
    .optional(),
  cache: z
    .union([
      z.literal(false),
      z.strictObject({
        ttlMs: milliseconds.optional(),
        maxEntries: count.optional(),
        maxBytes: count.optional(),
      }),
    ])
    .optional(),
  limits: z
    .strictObject({
      bodyBytes: count.optional(),
      jsonDepth: count.max(1_000).optional(),
      headerBytes: count.optional(),
      headersMs: milliseconds.optional(),
      requestMs: milliseconds.optional(),
      stallMs: milliseconds.optional(),
      connections: count.optional(),
    })
    .optional(),
  prices: z
    .record(
      z.string().regex(/^[^/]+\/.+$/u, 'Write "provider/model"'),
      z.strictObject({
        input: dollars,
        output: dollars,
        cacheRead: dollars.optional(),
        cacheWrite: dollars.optional(),
        cacheWrite1h: dollars.optional(),
        inputAudio: dollars.optional(),
        inputImage: dollars.optional(),
        outputAudio: dollars.optional(),
        outputImage: dollars.optional(),
        units: z
          .strictObject({
            image: dollars.optional(),
            inputAudioMinute: dollars.optional(),
            outputSecond: dollars.optional(),
            millionCharacters: dollars.optional(),
            computeSecond: dollars.optional(),
            search: dollars.optional(),
          })
          .optional(),
      }),
    )
    .optional(),
  telemetry: z.boolean().optional(),
  localEngines: z.boolean().optional(),
  shutdownGraceMs: milliseconds.optional(),
});
