import { formatModel, parseModel, type Model } from '../model.js';
import { badOption } from '../option-checks.js';

/** Models by name, and `provider/*` for all of a provider. */
export type Patterns = ReadonlySet<string>;

/** @throws {InferwayError} `configuration` for what is neither. */
export function readPatterns(given: readonly string[], param: string, owner: string): Patterns {
  if (!Array.isArray(given)) {
    throw badOption(
      param,
      `${owner}: ${param} is no list. Give names such as "openai/gpt-5" or "openai/*".`,
    );
  }
  for (const pattern of given) readPattern(pattern, param, owner);
  return new Set(given);
}

/** The provider that a pattern is about. */
export function readPattern(pattern: string, param: string, owner: string): string {
  try {
    return parseModel(pattern).provider;
  } catch {
    throw badOption(
      param,
      `${owner}: ${param} names ${JSON.stringify(pattern)}. Write "provider/model", or "provider/*" for all of a provider.`,
    );
  }
}

export function hasPattern(patterns: Patterns, model: Model): boolean {
  return patterns.has(`${model.provider}/*`) || patterns.has(formatModel(model));
}
