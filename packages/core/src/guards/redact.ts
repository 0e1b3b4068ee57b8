import type { Call } from '../call.js';
import { badOption, checkFlag } from '../option-checks.js';
import { stateKey } from '../state.js';
import type { Detector } from './detector.js';
import type { GuardHook } from './guard-hook.js';
import { mapText } from './map-text.js';
import { redactText, type Replace } from './redactor.js';
import { placeholders, Vault } from './vault.js';
import { textFilter } from './text-filter.js';

/** What is looked for, and what takes its place. */
export interface RedactOptions {
  /** What is looked for: `secrets()`, `pii()`, `words([…])`, or detectors of one's own. */
  readonly detectors: readonly (Detector | readonly Detector[])[];
  /** Where: in requests, in answers, or in both. Default both. */
  readonly in?: 'requests' | 'answers' | 'both' | undefined;
  /**
   * Numbers what was taken out of a request (`[EMAIL_1]`) and puts it back where the answer names it, so that the provider never sees it and the
   * caller does not miss it. What the model itself says and is found is still redacted. Default false.
   */
  readonly restore?: boolean | undefined;
  /** By which errors and events name it. Default `redact`. */
  readonly name?: string | undefined;
}

/**
 * Takes secrets and personal data out of requests and answers by their form. Streams pass piece by piece: what could be the beginning of
 * something is held back until it is clear, which for ordinary text is the last word. Redaction is by form alone and can miss; it is no proof.
 * Media are not looked into.
 */
export function redact(options: RedactOptions): GuardHook {
  const detectors = Array.isArray(options.detectors) ? options.detectors.flat() : [];
  if (detectors.length === 0 || !detectors.every(isDetector)) {
    throw badOption(
      'detectors',
      'redact: detectors holds nothing that can be looked for. Give secrets(), pii() or words([…]).',
    );
  }
  const where = options.in ?? 'both';
  if (!['requests', 'answers', 'both'].includes(where)) {
    throw badOption(
      'in',
      `redact: in is ${JSON.stringify(where)}; give requests, answers or both.`,
    );
  }
  const restore = checkFlag('redact', 'restore', options.restore);
  if (restore && where === 'answers') {
    throw badOption('restore', 'redact: restore needs requests to be redacted. Leave out `in`.');
  }
  const vaults = stateKey<Vault>('redacted');
  const vaultOf = (call: Call): Vault => call.state.ensure(vaults, () => new Vault());
  const label: Replace = (_found, { kind }) => `[${kind}]`;

  const before: GuardHook['before'] = (call) => {
    const vault = vaultOf(call);
    const replace: Replace = restore ? (found, { kind }) => vault.put(found, kind) : label;
    const request = mapText(call.request, (text) => redactText(text, detectors, replace));
    return request === call.request ? undefined : { verdict: 'replace', request };
  };

  // In an answer a placeholder is as much a thing to be found as a key is.
  const inAnswers = [
    ...(where === 'requests' ? [] : detectors),
    ...(restore ? [placeholders] : []),
  ];
  const replaceIn = (call: Call, json: boolean): Replace => {
    if (!restore) return label;
    const vault = vaultOf(call);
    return (found, detector) =>
      detector === placeholders ? vault.get(found, json) : label(found, detector);
  };
  const after: GuardHook['after'] = (result, call) => {
    const changed = mapText(result, (text, json) =>
      redactText(text, inAnswers, replaceIn(call, json)),
    );
    return changed === result ? undefined : { verdict: 'replace', result: changed };
  };

  return {
    name: options.name ?? 'redact',
    ...(where === 'answers' ? {} : { before }),
    ...(inAnswers.length === 0
      ? {}
      : { after, filter: (call) => textFilter((json) => [inAnswers, replaceIn(call, json)]) }),
  };
}

function isDetector(given: Partial<Detector> | undefined): boolean {
  return typeof given?.find === 'function' && typeof given.open === 'function';
}
