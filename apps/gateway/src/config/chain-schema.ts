import { z } from 'zod';
import type { ChainConfig, LimitFigures } from './chain-config.js';
import type { KeyConfig } from './config.js';
import type { Secret, SecretInput } from './secret.js';
import { count, dollars, milliseconds, name, secret, switchable, target } from './schema-parts.js';

const share = z.number().positive().max(1);
const flag = z.boolean().optional();
const tags = z.record(name, z.string().min(1));

const queue = switchable({
  maxWaiting: count.optional(),
  maxWaitingPerTenant: count.optional(),
  maxWaitMs: milliseconds.optional(),
});

const figures = {
  windowMs: count.optional(),
  requests: count.optional(),
  inputTokens: count.optional(),
  outputTokens: count.optional(),
  totalTokens: count.optional(),
  concurrency: count.optional(),
};

/** The limits of one key. */
export const limitFigures: z.ZodType<LimitFigures, LimitFigures> = z.strictObject(figures);

const periods = z.enum(['hour', 'day', 'week', 'month', 'year', 'total']);

type KeyBudget = NonNullable<KeyConfig['budget']>;

/** The budget of one key. */
export const keyBudget: z.ZodType<KeyBudget, KeyBudget> = z.strictObject({
  usd: dollars,
  period: periods,
});

function limitLayer<const Scopes extends readonly [string, ...string[]]>(scopes: Scopes) {
  const scope = z.enum(scopes);
  return z.strictObject({
    rules: z
      .array(
        z.strictObject({
          ...figures,
          name: z.string().min(1).max(80).optional(),
          per: z.union([scope, z.array(scope).min(1)]).optional(),
          only: z.array(target).min(1).optional(),
        }),
      )
      .min(1),
    queue: queue.optional(),
    inputTokens: z.enum(['estimate', 'upper']).optional(),
    assumedOutputTokens: z.number().int().nonnegative().optional(),
  });
}

const callerScopes = ['all', 'tenant', 'key', 'team', 'tag', 'model'] as const;
const moneyScope = z.enum([...callerScopes, 'provider']);

const budgets = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(80),
        per: z.union([moneyScope, z.array(moneyScope).min(1)]).optional(),
        usd: z.union([dollars, z.record(target, dollars)]),
        period: periods,
      }),
    )
    .min(1)
    .optional(),
  unknownPrice: z
    .union([z.literal('deny'), z.strictObject({ input: dollars, output: dollars })])
    .optional(),
  bound: z.enum(['upper', 'estimate']).optional(),
  assumedOutputTokens: count.optional(),
  mediaTokens: count.optional(),
  leaseMs: milliseconds.optional(),
  alerts: z
    .strictObject({
      thresholds: z.array(z.number().positive().max(10)).min(1).optional(),
      refusals: flag,
      spike: z
        .strictObject({
          windowMs: milliseconds.optional(),
          baselineMs: milliseconds.optional(),
          factor: z.number().positive().optional(),
          minUsd: dollars.optional(),
        })
        .optional(),
      webhook: z.strictObject({ url: target, secret, allowHttp: flag }).optional(),
    })
    .optional(),
});

const ledger = z
  .strictObject({
    sqlite: target.optional(),
    postgres: secret.optional(),
    memory: z.literal(true).optional(),
    spool: target.optional(),
    schema: target.optional(),
    whenFull: z.enum(['refuse', 'drop']).optional(),
    batchMs: milliseconds.optional(),
    maxRows: count.optional(),
  })
  .refine(
    ({ sqlite, postgres, memory }) =>
      [sqlite, postgres, memory].filter((one) => one !== undefined).length === 1,
    'Give one of sqlite, postgres and memory',
  )
  .refine(
    ({ schema, postgres }) => schema === undefined || postgres !== undefined,
    'The schema is of postgres. Leave it out',
  );

const choice = {
  policy: z.enum(['preferred', 'cheapest', 'fastest', 'weighted', 'leastLoaded']).optional(),
  sticky: switchable({ ttlMs: milliseconds.optional(), maxEntries: count.optional() }).optional(),
  require: z.record(name, z.union([target, z.array(target).min(1)])).optional(),
  allow: z.array(target).min(1).optional(),
  deny: z.array(target).min(1).optional(),
};

const answers = {
  ttlMs: milliseconds.optional(),
  maxEntries: count.optional(),
  maxBytes: count.optional(),
};

const promptCacheWay = z.enum(['markers', 'key', 'watch']);
const promptTtl = z.enum(['5m', '1h']).optional();

type ChainShape = {
  readonly [K in keyof ChainConfig<Secret>]-?: z.ZodType<
    ChainConfig<Secret>[K],
    ChainConfig<SecretInput>[K]
  >;
};

/** The settings of the chain's layers; all but `idempotency` are off unless they are written. */
export const chainShape: ChainShape = {
  idempotency: switchable({
    ttlMs: milliseconds.optional(),
    leaseMs: milliseconds.optional(),
    maxAnswerBytes: count.optional(),
    maxEntries: count.optional(),
    maxBytes: count.optional(),
    whenStoreFails: z.enum(['closed', 'open']).optional(),
  }).optional(),
  cache: z
    .union([
      z.literal(false),
      z.strictObject({
        ...answers,
        staleMs: z.number().int().nonnegative().optional(),
        guard: flag,
        deterministicOnly: flag,
        toolCalls: flag,
      }),
    ])
    .optional(),
  semanticCache: z
    .union([
      z.literal(false),
      z.strictObject({
        ...answers,
        model: target,
        dimensions: count.optional(),
        threshold: share.optional(),
        maxVectors: count.optional(),
        maxPerPartition: count.optional(),
        conversations: flag,
        lookupTimeoutMs: milliseconds.optional(),
      }),
    ])
    .optional(),
  coalesce: switchable({
    toolCalls: flag,
    maxBytes: count.optional(),
    maxTotalBytes: count.optional(),
  }).optional(),
  promptCache: z
    .record(
      name,
      z.union([
        promptCacheWay,
        z.strictObject({
          how: promptCacheWay,
          minTokens: z.number().int().nonnegative().optional(),
          maxMarkers: count.optional(),
          ttl: promptTtl,
          conversationTtl: promptTtl,
        }),
      ]),
    )
    .optional(),
  callerLimits: limitLayer(callerScopes).optional(),
  targetLimits: limitLayer(['all', 'provider', 'model', 'tenant', 'key']).optional(),
  learnLimits: switchable({
    queue: queue.optional(),
    maxTrustMs: milliseconds.optional(),
  }).optional(),
  budgets: budgets.optional(),
  ledger: ledger.optional(),
  stores: z
    .strictObject({
      redis: secret,
      prefix: z
        .string()
        .regex(/^[\w.-]{1,50}$/u, 'Use 1 to 50 letters, digits, ".", "_" or "-"')
        .optional(),
      processes: z.int({ error: 'Say how many gateways share the server, 1 or more' }).positive(),
      budgetsInOutage: z.enum(['lease', 'closed', 'open']).optional(),
      limitsInOutage: z.enum(['share', 'closed']).optional(),
      timeoutMs: milliseconds.optional(),
    })
    .optional(),
  breaker: switchable({
    windowCalls: count.optional(),
    windowMs: milliseconds.optional(),
    minCalls: count.optional(),
    failureShare: share.optional(),
    openMs: milliseconds.optional(),
    maxOpenMs: milliseconds.optional(),
    probes: count.optional(),
    probeMs: milliseconds.optional(),
    slowFirstMs: milliseconds.optional(),
    panic: flag,
  }).optional(),
  hedge: switchable({
    delayMs: z
      .union([
        milliseconds,
        z.strictObject({
          percentile: share,
          minSamples: count.optional(),
          minMs: milliseconds.optional(),
        }),
      ])
      .optional(),
    attempts: count.optional(),
    targets: z.array(target).min(1).optional(),
    share: share.optional(),
    minRemainingMs: milliseconds.optional(),
  }).optional(),
  resume: z
    .strictObject({
      mode: z.enum(['restart', 'continue']),
      prefill: z.array(target).min(1).optional(),
      times: count.optional(),
    })
    .optional(),
  routes: z
    .record(
      name,
      z.strictObject({
        ...choice,
        targets: z
          .array(
            z.union([
              target,
              z.strictObject({
                model: target,
                weight: z.number().nonnegative().optional(),
                tags: tags.optional(),
              }),
            ]),
          )
          .min(1),
      }),
    )
    .optional(),
  auto: switchable({
    ...choice,
    aliases: z.record(target, z.array(target).min(1)).optional(),
    ttlMs: milliseconds.optional(),
    timeoutMs: milliseconds.optional(),
  }).optional(),
  modelTags: z.record(target, tags).optional(),
  guards: z
    .strictObject({
      caps: z
        .strictObject({
          inputCharacters: count.optional(),
          inputTokens: count.optional(),
          messages: count.optional(),
          choices: count.optional(),
          outputTokens: count.optional(),
          outputCharacters: count.optional(),
        })
        .optional(),
      redact: z
        .strictObject({
          secrets: flag,
          pii: z
            .union([
              z.boolean(),
              z.array(z.enum(['email', 'phone', 'card', 'iban', 'us-ssn', 'ipv4'])).min(1),
            ])
            .optional(),
          words: z.array(target).min(1).optional(),
          in: z.enum(['requests', 'answers', 'both']).optional(),
          restore: flag,
        })
        .refine(
          ({ secrets, pii, words }) => secrets || pii || words,
          'Say what to look for: secrets, pii or words',
        )
        .optional(),
    })
    .refine(({ caps, redact }) => caps ?? redact, 'Give caps or redact, or leave guards out')
    .optional(),
  log: flag,
};
