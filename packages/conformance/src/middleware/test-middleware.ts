import { virtualClock } from '@inferway/core/testing';
import { withPatience } from '../provider/in-time.js';
import { defaultRunner } from '../runner.js';
import { ends } from './checks/ends.js';
import { replies } from './checks/replies.js';
import { reuse } from './checks/reuse.js';
import type { MiddlewareFactory, MiddlewareSuite } from './middleware-suite.js';

const GROUPS = { replies, 'ends of calls': ends, 'many calls': reuse } as const;

/**
 * Registers the contract of middleware as tests, in virtual time: replies unchanged and in order, exactly one end each, cancelling and
 * aborts that reach the provider, many calls through one instance.
 *
 * ```ts
 * testMiddleware(() => logCalls(), { runner: { describe, it } });
 * ```
 */
export function testMiddleware(factory: MiddlewareFactory, suite: MiddlewareSuite = {}): void {
  const { describe, it } = suite.runner ?? defaultRunner();
  const name = suite.name ?? factory({ clock: virtualClock() }).name;
  describe(`${name} keeps the contract of middleware`, () => {
    for (const [group, checksOf] of Object.entries(GROUPS)) {
      describe(group, () => {
        for (const { name: title, run } of checksOf({ factory, suite })) {
          it(title, () => withPatience(suite.patienceMs, run));
        }
      });
    }
  });
}
