import { hash } from 'node:crypto';

const LONGEST_KEY = 200;

/** A name for the store, hashed where it would be too long for it. */
export function storeKey(kind: string, name: string): string {
  const key = `${kind}|${name}`;
  return key.length <= LONGEST_KEY ? key : `${kind}|${hash('sha256', name, 'base64url')}`;
}
