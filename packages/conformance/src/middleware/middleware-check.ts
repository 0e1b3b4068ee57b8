import type { Script } from '@inferway/core/testing';
import type { Middleware } from '@inferway/core';
import type { Check } from '../provider/check.js';
import { rejectionsDuring } from '../checks/rejections.js';
import type { MiddlewareFactory, MiddlewareSuite } from './middleware-suite.js';
import { Rig } from './rig.js';

/** The middleware that is looked at. */
export interface MiddlewareSubject {
  readonly factory: MiddlewareFactory;
  readonly suite: MiddlewareSuite;
}

/** A check with a rig of its own, in which no rejection stays unheard. */
export function rigged(
  name: string,
  { factory, suite }: MiddlewareSubject,
  script: Script,
  body: (rig: Rig) => Promise<void>,
  outside: readonly Middleware[] = [],
): Check {
  return {
    name,
    run: () => rejectionsDuring(() => body(new Rig(factory, suite, script, outside))),
  };
}
