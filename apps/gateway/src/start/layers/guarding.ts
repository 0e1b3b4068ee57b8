import type { Middleware } from '@inferway/core';
import type { GuardHook } from '@inferway/core/guards';
import { inConfig } from './in-config.js';
import type { LayerFacts } from './layer-facts.js';

/** The checks of requests and answers that the config asks for; undefined where it asks for none. @throws {InferwayError} `configuration` */
export async function guardLayer({
  config: { guards },
}: Pick<LayerFacts, 'config'>): Promise<Middleware | undefined> {
  if (guards === undefined) return undefined;
  const core = await import('@inferway/core/guards');
  const { caps, redact } = guards;
  const hooks: GuardHook[] = [];
  if (redact !== undefined) {
    const { secrets, pii, words, ...how } = redact;
    const detectors = [
      ...(secrets === true ? core.secrets() : []),
      ...(pii === undefined || pii === false ? [] : core.pii(pii === true ? undefined : pii)),
      ...(words === undefined ? [] : [core.words(words)].flat()),
    ];
    hooks.push(inConfig('guards.redact', () => core.redact({ ...how, detectors })));
  }
  if (caps !== undefined) hooks.push(inConfig('guards.caps', () => core.caps(caps)));
  return inConfig('guards', () => core.guard(...hooks));
}
