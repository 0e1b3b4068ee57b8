import { checkSecret, Credential, InferwayError } from '@inferway/core';
import { checkHeaders } from '../transport/check-header.js';
import type { RequestHeaders } from '../transport/http-request.js';
import { environmentVariable } from './environment.js';
import type { KeySettings } from './identity.js';

/** The headers and the key of one attempt. */
export interface KeyedHeaders {
  readonly headers: RequestHeaders;
  /** What must not be shown; empty without a key. */
  readonly secrets: readonly string[];
}

const bearer = (key: string): RequestHeaders => ({ authorization: `Bearer ${key}` });

/** Finds the key of a call and keeps the headers made for it, so that a call costs no header object of its own. */
export class ProviderKey {
  readonly #settings: KeySettings;
  readonly #provider: string;
  readonly #fixed: RequestHeaders;
  readonly #made = new WeakMap<Credential, KeyedHeaders>();
  #own: Credential | undefined;
  #keyless: KeyedHeaders | undefined;

  constructor(provider: string, settings: KeySettings, fixed: RequestHeaders) {
    this.#provider = provider;
    this.#settings = settings;
    this.#fixed = fixed;
    const { apiKey } = settings;
    // An empty one is a variable that was not set: told on the first call, with the name of the variable.
    if (apiKey !== undefined && apiKey !== '') {
      this.#own = new Credential(checkSecret(apiKey, 'the option "apiKey"'), 'apiKey');
    }
  }

  /** The headers for a call that `auth` gave a credential, or for the provider's own key. @throws {InferwayError} `authentication`, `configuration`. */
  headersFor(credential: Credential | undefined): KeyedHeaders {
    const used = credential ?? this.#ownKey();
    if (used === undefined) return (this.#keyless ??= { headers: this.#fixed, secrets: [] });
    let made = this.#made.get(used);
    if (made === undefined) {
      made = this.#make(used);
      this.#made.set(used, made);
    }
    return made;
  }

  #make(credential: Credential): KeyedHeaders {
    const key = checkSecret(credential.reveal(), `the credential "${credential.id}"`);
    const own = (this.#settings.headers ?? bearer)(key);
    return { headers: checkHeaders({ ...this.#fixed, ...own }, 'headers'), secrets: [key] };
  }

  #ownKey(): Credential | undefined {
    if (this.#own !== undefined) return this.#own;
    const names = this.#settings.env ?? [];
    for (const name of names) {
      const value = environmentVariable(name);
      if (value === undefined) continue;
      this.#own = new Credential(
        checkSecret(value, `the environment variable ${name}`),
        `env:${name}`,
      );
      return this.#own;
    }
    if (this.#settings.optional === true) return undefined;
    throw new InferwayError('authentication', {
      message: `No key for ${this.#provider}. ${names.length === 0 ? '' : `Set the environment variable ${names.join(' or ')}, or give`}${names.length === 0 ? 'Give' : ''} the option "apiKey".`,
      provider: this.#provider,
      param: 'apiKey',
      sent: 'no',
    });
  }
}
