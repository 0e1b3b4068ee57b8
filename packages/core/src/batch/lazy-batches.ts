import type { ProviderBase } from '../provider.js';
import type { Warning } from '../warning.js';
import type { BatchHost } from './batch-host.js';
import type { Batches } from './batches.js';
import type { BatchOptions, ClientBatches } from './client-batch-types.js';

/** `client.batch`. Few programs use it: its code is loaded on first use. */
export function lazyBatches(host: BatchHost): ClientBatches<ProviderBase> {
  let loaded: Promise<Batches> | undefined;
  const load = (): Promise<Batches> =>
    (loaded ??= import('./batches.js').then((module) => new module.Batches(host)));
  const call =
    (name: 'create' | 'status' | 'cancel' | 'wait' | 'resume') =>
    async (about: never, options: BatchOptions = {}): Promise<unknown> =>
      (await load())[name](about, options);
  return {
    create: call('create'),
    status: call('status'),
    cancel: call('cancel'),
    wait: call('wait'),
    resume: call('resume'),
    results(id: string, options: BatchOptions = {}) {
      const warnings: Warning[] = [];
      return {
        warnings,
        async *[Symbol.asyncIterator]() {
          const batches = await load();
          yield* batches.results(id, options, (warning) => warnings.push(warning));
        },
      };
    },
  } as unknown as ClientBatches<ProviderBase>;
}
