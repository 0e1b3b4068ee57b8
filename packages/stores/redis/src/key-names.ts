import { createHash } from 'node:crypto';

const LONGEST = 100;

/** Makes names of keys: `{prefix}:<kind>:<name>`. */
export type KeyNames = (kind: string, name: string) => string;

/**
 * All keys of one prefix lie in one slot of a Cluster, by the braces: a script can only change together what lies together. Long names, and
 * those that UTF-8 cannot write, are hashed.
 */
export function keyNames(prefix: string): KeyNames {
  return (kind, name) => `{${prefix}}:${kind}:${short(name)}`;
}

function short(name: string): string {
  // What begins like a hash is hashed, too, so that no name can be that of another.
  if (name.length <= LONGEST && !name.startsWith('#') && name.isWellFormed()) return name;
  return `#${createHash('sha256').update(name, 'utf16le').digest('hex')}`;
}
