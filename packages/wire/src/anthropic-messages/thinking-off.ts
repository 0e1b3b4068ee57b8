import type { JsonObject } from '@inferway/core';
import type { EncodeContext } from './encode-context.js';

/** Thinking turned off, in the word that the model has for it. */
export function encodeOff(context: EncodeContext): { readonly thinking?: JsonObject } {
  const { thinking, thinkingOff = 'disabled' } = context.rules;
  if (thinking === 'none') return {};
  if (thinkingOff !== 'never') return { thinking: { type: thinkingOff } };
  context.warn(
    'unsupported',
    'reasoning.effort',
    'The model always thinks: that cannot be turned off. A low effort makes it think less.',
  );
  return {};
}

/**
 * `thinking` as another client wrote it for another model, in what this one takes: a type that it refuses becomes the nearest one that it has.
 * Undefined for none.
 */
export function fittingThinking(
  thinking: JsonObject,
  context: EncodeContext,
): JsonObject | undefined {
  const { thinking: takes, thinkingOff = 'disabled' } = context.rules;
  const { type } = thinking;
  if (takes === undefined || (type !== 'between_tools' && type !== 'disabled')) return thinking;
  if (type === thinkingOff || takes === 'none') return takes === 'none' ? undefined : thinking;
  context.warn(
    'changed',
    'thinking',
    `The model takes no thinking of type "${type}": ${thinkingOff === 'never' ? 'it was left out' : `"${thinkingOff}" is sent`}.`,
  );
  return thinkingOff === 'never' ? undefined : { type: thinkingOff };
}
