import { InferwayError } from '@inferway/core';
import type { MappingEntry } from './hub-model.js';

/** What the Hub's mapping leads to. */
export interface Target {
  readonly partner: string;
  /** The model's id there. */
  readonly id: string;
  readonly entry: MappingEntry | undefined;
}

/** Two tasks that one embedding model has at once, where it is served by the Hub's own pipelines. */
const SENTENCES: ReadonlySet<string> = new Set(['feature-extraction', 'sentence-similarity']);

/** What the chooser must know of the providers that a mapping names. */
export interface KnownPartners {
  /** Whether it is known how this one does the task. */
  serves(partner: string): boolean;
  /** Whether this one runs the Hub's own pipelines. */
  runsPipelines(partner: string): boolean;
}

/**
 * Chooses who is to do a task: the provider that was named, or the first live one of the mapping that is known to do it. Others
 * are skipped: the Hub knows providers that we do not.
 *
 * @param named Undefined where the order of the mapping decides.
 * @throws {InferwayError} `not_found` that says who serves the model for what.
 */
export function chooseTarget(
  name: string,
  task: string,
  named: string | undefined,
  mapping: readonly MappingEntry[],
  partners: KnownPartners,
): Target {
  const fits = (entry: MappingEntry): boolean =>
    entry.task === task ||
    entry.task === undefined ||
    (partners.runsPipelines(entry.provider) && SENTENCES.has(task) && SENTENCES.has(entry.task));
  const entry =
    named === undefined
      ? mapping.find((one) => one.status === 'live' && fits(one) && partners.serves(one.provider))
      : mapping.find((one) => one.provider === named && fits(one));
  if (entry !== undefined) {
    return { partner: entry.provider, id: entry.providerId ?? name, entry };
  }
  const known = mapping.map((one) => `${one.provider} (${one.task ?? 'any task'}, ${one.status})`);
  const who =
    named === undefined ? 'No provider that is known here serves' : `"${named}" does not serve`;
  throw new InferwayError('not_found', {
    message: `${who} "${name}" for the task "${task}". The Hub names ${known.length === 0 ? 'nobody for it' : known.join(', ')}. Choose another model or provider.`,
    param: 'model',
    sent: 'no',
  });
}
