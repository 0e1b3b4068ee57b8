import { Credential } from '../../credential.js';
import { InferwayError } from '../../error.js';
import { checkSecret } from '../../check-secret.js';
import type { CredentialSource } from './credential-source.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A secret in an environment variable, read when a call needs it, so that a provider that is never called needs no key.
 *
 * @param environment Default: the process's own.
 */
export function env(name: string, environment?: Environment): CredentialSource {
  const id = `env:${name}`;
  let known: { readonly raw: string; readonly credential: Credential } | undefined;
  return {
    get() {
      const raw = (environment ?? processEnvironment())[name];
      if (raw === undefined || raw === '') {
        throw new InferwayError('authentication', {
          message: `No key: the environment variable ${name} is not set. Set it, or give auth() another source for this provider.`,
        });
      }
      if (known?.raw !== raw) {
        known = {
          raw,
          credential: new Credential(checkSecret(raw, `environment variable ${name}`), id),
        };
      }
      return known.credential;
    },
  };
}

// Not every runtime has a process.
function processEnvironment(): Environment {
  return (globalThis as { process?: { env?: Environment } }).process?.env ?? {};
}
