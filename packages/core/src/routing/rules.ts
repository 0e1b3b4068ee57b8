import type { Model } from '../model.js';
import { badOption } from '../option-checks.js';
import type { RouteRules } from '../route-rules.js';
import type { Tags } from './candidate.js';
import { hasPattern, readPatterns, type Patterns } from './patterns.js';

/** Rules that were read. */
export interface Rules {
  /** Why a target may not serve, in a few words. */
  broken(model: Model, tags: Tags): string | undefined;
}

/** Reads rules; undefined where they ask for nothing. @throws {InferwayError} `configuration` for rules that no target can meet. */
export function readRules(given: RouteRules, owner: string): Rules | undefined {
  const required = readRequired(given.require, owner);
  const allow = given.allow === undefined ? undefined : readPatterns(given.allow, 'allow', owner);
  const deny = given.deny === undefined ? undefined : readPatterns(given.deny, 'deny', owner);
  if (allow !== undefined && given.allow?.length === 0) {
    throw badOption(
      'allow',
      `${owner}: allow is empty, so nothing may serve. Name targets, or leave it out.`,
    );
  }
  refuseBoth(given.allow, given.deny, deny, owner);
  if (required.length === 0 && allow === undefined && deny === undefined) return undefined;
  return {
    broken(model, tags) {
      for (const [tag, values] of required) {
        const value = tags[tag];
        if (value === undefined || !values.includes(value)) {
          return `it is not tagged ${tag}: ${values.join(' or ')}`;
        }
      }
      if (allow !== undefined && !hasPattern(allow, model)) return 'it is not among the allowed';
      return deny !== undefined && hasPattern(deny, model) ? 'it is denied' : undefined;
    },
  };
}

type Required = readonly (readonly [tag: string, values: readonly string[]])[];

function readRequired(given: RouteRules['require'], owner: string): Required {
  return Object.entries(given ?? {}).map(([tag, value]) => {
    const values = typeof value === 'string' ? [value] : value;
    if (!Array.isArray(values) || values.length === 0 || !values.every(isText)) {
      throw badOption(
        'require',
        `${owner}: require.${tag} names no value. Give the value that the tag must have, or a list of them.`,
      );
    }
    return [tag, values as readonly string[]] as const;
  });
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function refuseBoth(
  allow: readonly string[] | undefined,
  deny: readonly string[] | undefined,
  patterns: Patterns | undefined,
  owner: string,
): void {
  if (patterns === undefined || allow === undefined) return;
  const dead = allow.filter(
    (pattern) =>
      patterns.has(pattern) || patterns.has(`${pattern.slice(0, pattern.indexOf('/'))}/*`),
  );
  if (dead.length === 0) return;
  throw badOption(
    'deny',
    `${owner}: ${dead.join(', ')} is allowed and denied (by ${deny?.join(', ')}). Take it out of one of the two.`,
  );
}
