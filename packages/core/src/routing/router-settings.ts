import { formatModel, type Model } from '../model.js';
import type { ModelInfo } from '../model-info.js';
import { badOption, checkCount, checkMs, checkObject, checkPriceBook } from '../option-checks.js';
import type { PriceBook } from '../price.js';
import type { ProviderBase } from '../provider.js';
import { checkFacts } from './check-facts.js';
import { Directory } from './directory.js';
import { Discovered, readAliases } from './discovered.js';
import { factsOf, withFacts } from './facts.js';
import { readHealth, type TargetCheck } from './health.js';
import { readPattern } from './patterns.js';
import { cheapest } from './policies/cheapest.js';
import { AUTO, choiceOf, readRoutes, ROUTE, type Surroundings } from './read-routes.js';
import type { ChoiceOptions, DescribedTarget, RouterOptions } from './route-options.js';
import type { RoutePlan } from './route-plan.js';
import { memorySpeeds, type SpeedBook } from './speed-book.js';
import { readTagTable, type TagBook } from './tag-book.js';
import { Target } from './target.js';

/** A router's options, read and checked. */
export interface RouterSettings {
  readonly plans: ReadonlyMap<string, RoutePlan>;
  /** How `auto/…` chooses; undefined where there are no providers to ask. */
  readonly auto: Omit<RoutePlan, 'members'> | undefined;
  readonly directory: Directory;
  readonly discovered: Discovered;
  readonly providers: ReadonlyMap<string, ProviderBase> | undefined;
  readonly tags: TagBook;
  readonly prices: PriceBook | undefined;
  readonly typicalOutput: number;
  readonly resting: TargetCheck | undefined;
  readonly speeds: SpeedBook;
}

const OWNER = 'createRouter';

/** @throws {InferwayError} `configuration` naming the option and the cure. */
export function readRouter(options: RouterOptions): RouterSettings {
  const { auto = {} } = options;
  const prices = checkPriceBook(OWNER, options.prices);
  const providers = readProviders(options.providers);
  if (options.auto !== undefined && providers === undefined) throw noProviders(OWNER);
  if (providers === undefined && Object.keys(options.routes ?? {}).length === 0) {
    throw badOption(
      'routes',
      `${OWNER}: it has neither routes nor providers. Name a route, or give the client's providers for auto.`,
    );
  }
  const tags = readTagTable(options.tags ?? {});
  for (const provider of tags.providers) refuseUnknown(providers, provider, 'tags', OWNER);
  const directory = new Directory([...(providers?.values() ?? [])], {
    ttlMs: checkMs(OWNER, 'auto.ttlMs', auto.ttlMs ?? 300_000),
    staleMs: readStaleMs(auto.staleMs, auto.ttlMs ?? 300_000),
    timeoutMs: checkMs(OWNER, 'auto.timeoutMs', auto.timeoutMs ?? 5000),
    retryMs: checkMs(OWNER, 'auto.retryMs', auto.retryMs ?? 30_000),
  });
  const catalogue = readCatalogue(options.catalogue);
  const refuse = (model: Model, where: string): void => {
    refuseUnknown(providers, model.provider, 'targets', where);
    if (catalogue === undefined || catalogue.has(formatModel(model))) return;
    throw badOption(
      'targets',
      `${where}: ${formatModel(model)} is not in the catalogue. Give it another name, or add the model.`,
    );
  };
  const around: Surroundings = {
    target(model, described, where) {
      refuse(model, where);
      checkFacts(described.facts ?? {}, where);
      return targetOf(model, described, tags, catalogue, directory);
    },
    refuseAuto(where) {
      if (providers === undefined) throw noProviders(where);
    },
    refusePatterns: (choice, where) => refusePatterns(choice, providers, where),
  };
  return {
    plans: readRoutes(options.routes ?? {}, around),
    auto: providers && { ...choiceOf(auto, AUTO, around, cheapest), discovers: true },
    directory,
    discovered: new Discovered(
      directory,
      [...(providers?.keys() ?? [])],
      readAliases(auto.aliases, refuse),
      tags,
    ),
    providers,
    tags,
    prices,
    typicalOutput: checkCount(OWNER, 'typicalOutputTokens', options.typicalOutputTokens ?? 500),
    resting: readHealth(options.health),
    speeds:
      checkObject(OWNER, 'speeds', options.speeds, ['read', 'record'], 'Give memorySpeeds().') ??
      memorySpeeds(),
  };
}

function readProviders(
  given: readonly ProviderBase[] | undefined,
): ReadonlyMap<string, ProviderBase> | undefined {
  if (given === undefined) return undefined;
  const providers = new Map<string, ProviderBase>();
  for (const provider of given) {
    const { name } = provider;
    if (name === ROUTE || name === AUTO || providers.has(name)) {
      const why = providers.has(name)
        ? 'two providers have this name'
        : 'routes are called by this name';
      throw badOption('providers', `${OWNER}: provider "${name}": ${why}. Give it another one.`);
    }
    providers.set(name, provider);
  }
  return providers;
}

function readCatalogue(
  given: readonly ModelInfo[] | undefined,
): ReadonlyMap<string, ModelInfo> | undefined {
  return given && new Map(given.map((info) => [`${info.provider}/${info.id}`, info]));
}

function readStaleMs(staleMs: number | undefined, ttlMs: number): number {
  const read = checkMs(OWNER, 'auto.staleMs', staleMs ?? Math.max(86_400_000, ttlMs));
  if (read >= ttlMs) return read;
  throw badOption(
    'auto.staleMs',
    `${OWNER}: auto.staleMs (${read}) is below auto.ttlMs (${ttlMs}). Raise it, or lower auto.ttlMs.`,
  );
}

function targetOf(
  model: Model,
  { weight, tags: own, facts }: DescribedTarget,
  tags: TagBook,
  catalogue: ReadonlyMap<string, ModelInfo> | undefined,
  directory: Directory,
): Target {
  const known = tags.of(model);
  const info = catalogue?.get(formatModel(model));
  const said = info === undefined ? facts : withFacts(factsOf(info), facts);
  return new Target(
    model,
    weight ?? 1,
    own === undefined ? known : { ...known, ...own },
    said,
    () => directory.peek(model),
  );
}

// A typing error in what is denied would let it pass.
function refusePatterns(
  { allow = [], deny = [] }: ChoiceOptions,
  providers: ReadonlyMap<string, ProviderBase> | undefined,
  where: string,
): void {
  for (const [param, patterns] of [
    ['allow', allow],
    ['deny', deny],
  ] as const) {
    for (const pattern of patterns) {
      refuseUnknown(providers, readPattern(pattern, param, where), param, where);
    }
  }
}

function refuseUnknown(
  providers: ReadonlyMap<string, ProviderBase> | undefined,
  name: string,
  param: string,
  where: string,
): void {
  if (providers === undefined || providers.has(name)) return;
  throw badOption(
    param,
    `${where}: no provider is named "${name}". Known: ${[...providers.keys()].join(', ')}.`,
  );
}

function noProviders(where: string): ReturnType<typeof badOption> {
  return badOption(
    'providers',
    `${where}: discovery (auto) has nobody to ask. Give the client's providers: createRouter({ providers, … }).`,
  );
}
