import { formatModel, parseModel, type Model } from '../model.js';
import { badOption } from '../option-checks.js';
import { BoundedMap } from '../bounded-map.js';
import type { LeftOut } from './choice.js';
import type { Directory } from './directory.js';
import { readModel } from './read-routes.js';
import type { AutoOptions } from './route-options.js';
import { Target } from './target.js';
import type { TagBook } from './tag-book.js';

/** The other ids of models, by the name that is asked for. */
export type Aliases = ReadonlyMap<string, readonly Model[]>;

/** @param refuse Throws where a model cannot be a target. */
export function readAliases(
  given: AutoOptions['aliases'],
  refuse: (model: Model, where: string) => void,
): Aliases {
  return new Map(
    Object.entries(given ?? {}).map(([name, models]) => {
      const where = `createRouter: alias ${JSON.stringify(name)}`;
      if (!Array.isArray(models) || models.length === 0) {
        throw badOption(
          'aliases',
          `${where} stands for nothing. Name its models as "provider/model".`,
        );
      }
      return [
        name,
        models.map((model: string | Model) => {
          const read = readModel(model, where);
          refuse(read, where);
          return read;
        }),
      ];
    }),
  );
}

// Targets that discovery found keep what is known of them between calls.
const MOST_TARGETS = 1000;
const MOST_HINTS = 3;
// What comes after so many models is not compared: an error is to cost little.
const MOST_COMPARED = 2000;
const SHORTEST_HINT = 4;

/** Finds who serves a model: by its very id in a provider's listing, and by the user's aliases. */
export class Discovered {
  readonly #directory: Directory;
  readonly #providers: readonly string[];
  readonly #aliases: Aliases;
  readonly #tags: TagBook;
  readonly #targets = new BoundedMap<string, Target>(MOST_TARGETS);

  constructor(directory: Directory, providers: readonly string[], aliases: Aliases, tags: TagBook) {
    this.#directory = directory;
    this.#providers = providers;
    this.#aliases = aliases;
    this.#tags = tags;
  }

  /** In the order of the providers. @param leaveOut Told of an alias that its provider does not list. */
  find(id: string, leaveOut: (target: LeftOut) => void): readonly Target[] {
    const aliased = this.#aliases.get(id) ?? [];
    const found: Target[] = [];
    for (const provider of this.#providers) {
      const own = { provider, id };
      const isListed = this.#directory.peek(own) !== undefined;
      if (isListed) found.push(this.#target(own));
      for (const model of aliased) {
        if (model.provider !== provider || (isListed && model.id === id)) continue;
        // One that lists nothing is taken at its user's word.
        if (!this.#directory.lists(provider) || this.#directory.peek(model) !== undefined) {
          found.push(this.#target(model));
        } else {
          leaveOut({
            name: formatModel(model),
            why: 'its provider does not list it',
            what: 'live',
          });
        }
      }
    }
    return found;
  }

  /** Listed ids that are like one that nobody serves: to be told, never to be used. */
  like(id: string): readonly string[] {
    const wanted = plain(id);
    const hints: string[] = [];
    if (wanted.length < SHORTEST_HINT) return hints;
    for (const model of this.#directory.all(MOST_COMPARED)) {
      const listed = plain(model.id);
      if (listed.length < SHORTEST_HINT) continue;
      if (listed.includes(wanted) || wanted.includes(listed)) hints.push(formatModel(model));
      if (hints.length === MOST_HINTS) break;
    }
    return hints;
  }

  #target(model: Model): Target {
    const name = formatModel(model);
    let target = this.#targets.get(name);
    if (target === undefined) {
      const listed = (): ReturnType<Directory['peek']> => this.#directory.peek(model);
      target = new Target(parseModel(model), 1, this.#tags.of(model), undefined, listed);
      this.#targets.set(name, target);
    }
    return target;
  }
}

// The last part of the id, letters and digits only.
function plain(id: string): string {
  return id
    .slice(id.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/[^a-z0-9]/gu, '');
}
