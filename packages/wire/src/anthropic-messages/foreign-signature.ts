import { isJsonObject, type Opaque } from '@inferway/core';
import { ANTHROPIC_MESSAGES } from './name.js';

const PREFIX = 'inferway:';

/**
 * The signature to show a client for reasoning of any origin. Clients of this protocol send signatures back unread, so another format's
 * opaque value travels inside one and is whole again when it returns.
 */
export function signatureFor(opaque: Opaque | undefined): string {
  if (opaque === undefined) return '';
  if (opaque.format === ANTHROPIC_MESSAGES && isJsonObject(opaque.value)) {
    return typeof opaque.value.signature === 'string' ? opaque.value.signature : '';
  }
  return PREFIX + JSON.stringify({ format: opaque.format, value: opaque.value });
}

/** The opaque value of a signature that a client sent back; undefined for an empty one. */
export function opaqueOfSignature(signature: string): Opaque | undefined {
  if (signature === '') return undefined;
  if (signature.startsWith(PREFIX)) {
    const foreign = parsed(signature.slice(PREFIX.length));
    if (isJsonObject(foreign) && typeof foreign.format === 'string' && foreign.value !== undefined)
      return { format: foreign.format, value: foreign.value };
  }
  return { format: ANTHROPIC_MESSAGES, value: { signature } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
