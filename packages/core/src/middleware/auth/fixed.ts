import { Credential } from '../../credential.js';
import { checkSecret } from '../../check-secret.js';
import type { CredentialSource } from './credential-source.js';

/**
 * One secret, known now.
 *
 * @param id The label by which logs and traces may name it.
 * @throws {InferwayError} `configuration` for a secret that no header can carry.
 */
export function fixed(secret: string, id = 'fixed'): CredentialSource {
  const credential = new Credential(checkSecret(secret, `fixed(…) "${id}"`), id);
  return { get: () => credential };
}
