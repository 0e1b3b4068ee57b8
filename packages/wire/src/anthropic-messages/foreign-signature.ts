import { isJsonObject, type Opaque } from '@inferway/core';
import { carried, carry } from '../foreign-opaque.js';
import { ANTHROPIC_MESSAGES } from './name.js';

/** The signature to show a client for reasoning of any origin: another format's opaque value travels inside one. */
export function signatureFor(opaque: Opaque | undefined): string {
  if (opaque === undefined) return '';
  if (opaque.format === ANTHROPIC_MESSAGES && isJsonObject(opaque.value)) {
    return typeof opaque.value.signature === 'string' ? opaque.value.signature : '';
  }
  return carry(opaque);
}

/** The opaque value of a signature that a client sent back; undefined for an empty one. */
export function opaqueOfSignature(signature: string): Opaque | undefined {
  if (signature === '') return undefined;
  return carried(signature) ?? { format: ANTHROPIC_MESSAGES, value: { signature } };
}
