import { hash } from 'node:crypto';

const DIGEST_LENGTH = 43;

/**
 * A JSON text as it goes into a store: `["head","digest",body]`. `head` says what it is, and of which version; the digest binds it to its key, so that
 * an entry that came under another one, by whatever mistake, is nobody's answer.
 */
export function seal(head: string, key: string, body: string): string {
  return `["${head}","${digestOf(key, body)}",${body}]`;
}

/** The body that `seal` was given; undefined for what is damaged, of another version, of another key, or not ours. */
export function unseal(head: string, key: string, text: string): string | undefined {
  const body = text.slice(head.length + DIGEST_LENGTH + 7, -1);
  return text === seal(head, key, body) ? body : undefined;
}

function digestOf(key: string, body: string): string {
  return hash('sha256', `${key}\n${body}`, 'base64url');
}
