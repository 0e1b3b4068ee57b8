import { z } from 'zod';
import { FALLBACK_CODES } from '../models/fallbacks.js';
import { chainShape, keyBudget, limitFigures } from './chain-schema.js';
import type { Config, ConfigInput } from './config.js';
import { count, dollars, milliseconds, name, secret, target } from './schema-parts.js';

const timer = z.union([z.literal(false), milliseconds]);
// What stands before the first slash of a model that the router resolves.
const providerName = name.refine(
  (written) => written !== 'route' && written !== 'auto',
  'Routes are called by this name. Choose another one',
);

/** Checks a config. Unknown settings are refused: a misspelt one would otherwise do nothing, silently. */
export const configSchema: z.ZodType<Config, ConfigInput> = z.strictObject({
  host: z.string().min(1).optional(),
  port: z.number().int().min(0).max(65_535).optional(),
  keys: z
    .array(
      z.strictObject({
        id: name,
        key: secret,
        tenant: name.optional(),
        team: name.optional(),
        tags: z.array(name).min(1).max(16).optional(),
        limits: z.union([limitFigures, z.array(limitFigures).min(1)]).optional(),
        budget: keyBudget.optional(),
      }),
    )
    .optional(),
  reportUsers: z.boolean().optional(),
  providers: z
    .record(
      providerName,
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
  fallbackOn: z
    .array(
      z.enum(FALLBACK_CODES, {
        error: `Give some of ${FALLBACK_CODES.join(', ')}: other codes lead on by themselves, or never`,
      }),
    )
    .min(1)
    .optional(),
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
  ...chainShape,
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
