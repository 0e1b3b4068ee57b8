import { formatModel, type Model } from '../model.js';
import { badOption } from '../option-checks.js';
import type { Tags } from './candidate.js';
import { readPattern } from './patterns.js';

/** Tags by `provider/model` and by `provider/*`; where both say something, the model counts. */
export type TagTable = Readonly<Record<string, Tags>>;

/** The tags of models that no route names one by one. */
export interface TagBook {
  of(model: Model): Tags;
  readonly providers: readonly string[];
}

const NONE: Tags = Object.freeze({});

/** @throws {InferwayError} `configuration` for a name that is none, or a tag without a value. */
export function readTagTable(table: TagTable): TagBook {
  const byName = new Map<string, Tags>();
  const providers = new Set<string>();
  for (const [pattern, tags] of Object.entries(table)) {
    providers.add(readPattern(pattern, 'tags', 'createRouter'));
    byName.set(pattern, readTags(tags, `createRouter: tags of ${JSON.stringify(pattern)}`));
  }
  return {
    providers: [...providers],
    of(model) {
      const all = byName.get(`${model.provider}/*`);
      const own = byName.get(formatModel(model));
      if (all === undefined || own === undefined) return all ?? own ?? NONE;
      return { ...all, ...own };
    },
  };
}

export function readTags(tags: Tags, where: string): Tags {
  for (const [tag, value] of Object.entries(tags)) {
    if (typeof value === 'string' && value !== '') continue;
    throw badOption('tags', `${where}: ${tag} has no value. Give a text, such as region: 'eu'.`);
  }
  return tags;
}
