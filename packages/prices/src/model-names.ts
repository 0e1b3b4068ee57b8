import type { Model } from '@inferway/core';

/** The words that routers take after the model id in place of a provider's name; they say how to choose, not what to charge. */
const ROUTING_WORDS: ReadonlySet<string> = new Set(['auto', 'fastest', 'cheapest', 'preferred']);

/** A model id apart from what a router is told behind its last colon. */
export interface RoutedId {
  /** The id without a routing word. */
  readonly id: string;
  /** What stands behind the last colon, where it is no routing word: a provider to pin, or part of the id (`llama3:8b`). */
  readonly tail?: string | undefined;
}

/** Splits `org/name:cheapest` and `org/name:together`. */
export function splitRoutedId(id: string): RoutedId {
  const colon = id.lastIndexOf(':');
  if (colon <= 0) return { id };
  const tail = id.slice(colon + 1);
  return ROUTING_WORDS.has(tail) ? { id: id.slice(0, colon) } : { id, tail };
}

/** The names under which a table may list a model, the most exact first. */
export function namesOf(model: Model, servedBy: string | undefined): string[] {
  const { id, tail } = splitRoutedId(model.id);
  const name = `${model.provider}/${id}`;
  if (servedBy === undefined) return [name];
  // A pin and the provider that then served are the same word twice.
  const bare = tail === servedBy ? name.slice(0, -tail.length - 1) : name;
  return [`${bare}:${servedBy}`, name, ...(bare === name ? [] : [bare])];
}
