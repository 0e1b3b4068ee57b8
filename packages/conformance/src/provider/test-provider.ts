import { InferwayError, type Operation } from '@inferway/core';
import { CHECK_GROUPS } from '../checks/check-groups.js';
import { listing } from '../checks/listing.js';
import { defaultRunner } from '../runner.js';
import { knownSample } from '../samples/sample-of.js';
import { formatScript, type ServerDoors } from '../wire/format-script.js';
import type { WireScript } from '../wire/wire-script.js';
import type { Check } from './check.js';
import { withPatience } from './in-time.js';
import type { ProviderFactory, ProviderSuite, Wire } from './provider-suite.js';
import type { Subject } from './subject.js';

const DEFAULT_KEY = 'sk-conformance-8f14e45fceea167a5a36dedd4bea2543';

/**
 * Registers the contract of adapters as tests: `describe` for each of the adapter's operations, `it` for each promise, over real sockets.
 *
 * ```ts
 * testProvider(({ baseUrl, apiKey, transport }) => createAcme({ baseUrl, apiKey, transport }), {
 *   operations: ['chat'],
 *   wire: { chat: openaiChat },
 *   runner: { describe, it }, // vitest without globals; others are found
 * });
 * ```
 *
 * @throws {InferwayError} `configuration` for an operation without a sample or a wire.
 */
export function testProvider<K extends Operation>(
  factory: ProviderFactory,
  suite: ProviderSuite<K>,
): void {
  const { describe, it } = suite.runner ?? defaultRunner();
  const name =
    suite.name ?? factory({ baseUrl: 'http://127.0.0.1:9/base', apiKey: DEFAULT_KEY }).name;
  const apiKey = suite.apiKey ?? DEFAULT_KEY;
  const register = (group: string, checks: readonly Check[]): void => {
    if (checks.length === 0) return;
    describe(group, () => {
      for (const { name, run } of checks) it(name, () => withPatience(suite.patienceMs, run));
    });
  };
  describe(`${name} keeps the contract of adapters`, () => {
    if (suite.models !== undefined) register('models', listing(factory, apiKey, suite.models));
    for (const operation of suite.operations) {
      const subject = subjectOf(factory, suite, operation);
      describe(operation, () => {
        for (const [group, checksOf] of Object.entries(CHECK_GROUPS)) {
          register(group, checksOf(subject));
        }
      });
    }
  });
}

function subjectOf<K extends Operation>(
  factory: ProviderFactory,
  suite: ProviderSuite<K>,
  operation: K,
): Subject {
  const wire: Wire<K> | undefined = suite.wire[operation];
  const sample = suite.samples?.[operation] ?? knownSample(operation);
  if (wire === undefined || sample === undefined) {
    throw new InferwayError('configuration', {
      message: `The suite has no ${wire === undefined ? 'wire' : 'sample'} for "${operation}". Give one in "${wire === undefined ? 'wire' : 'samples'}".`,
      param: wire === undefined ? 'wire' : 'samples',
    });
  }
  const { model } = suite;
  return {
    operation,
    script: scriptOf(wire),
    sample,
    model: (typeof model === 'string' ? model : model?.[operation]) ?? 'test-model',
    apiKey: suite.apiKey ?? DEFAULT_KEY,
    factory,
    suite,
  } as unknown as Subject;
}

function scriptOf<K extends Operation>(wire: Wire<K>): WireScript<K> {
  return 'encodeResponse' in wire ? formatScript(wire as ServerDoors<K>) : (wire as WireScript<K>);
}
