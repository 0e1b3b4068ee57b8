import type { Call } from '../call.js';
import { InferwayError } from '../error.js';
import type { Choice } from './choice.js';

/** The error for a call that nobody may or can serve, and what would help. Nothing was sent. */
export function noTarget(choice: Choice, hints: readonly string[]): InferwayError {
  const { leftOut, unasked } = choice;
  const route = short(choice.route);
  const told = leftOut.slice(0, 5).map(({ name, why }) => `${name}: ${why}`);
  const deaf = unasked.map(({ provider, error }) => `${provider} (${error.code})`);
  const and = deaf.length === 0 ? '' : ` Could not be asked: ${deaf.join(', ')}.`;
  if (leftOut.length === 0) {
    const like = hints.length === 0 ? '' : ` Listed and like it: ${hints.join(', ')}.`;
    return new InferwayError('not_found', {
      message: `${route}: no provider here lists this model.${like}${and} Name it as its provider does, or add an alias: createRouter({ auto: { aliases } }).`,
      param: 'model',
      sent: 'no',
    });
  }
  const full = leftOut.every(({ what }) => what === 'context');
  return new InferwayError(full ? 'context_length' : 'unsupported', {
    message: `${route}: no target can serve this call. ${told.join('; ')}.${and} ${full ? 'Shorten the request, or add a target with a larger window.' : 'Add a target that meets it, or require less.'}`,
    fallbackable: false,
    sent: 'no',
  });
}

/** The error for a route that is none. */
export function noRoute(call: Call, known: readonly string[]): InferwayError {
  return new InferwayError('not_found', {
    message: `There is no route ${JSON.stringify(short(call.model.id))}. Known: ${known.join(', ') || 'none'}.`,
    param: 'model',
    fallbackable: false,
    sent: 'no',
  });
}

// A name comes from the caller, and may be of any length.
function short(name: string): string {
  return name.length > 120 ? `${name.slice(0, 120)}…` : name;
}
