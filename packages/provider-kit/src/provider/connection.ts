import { checkHeaders } from '../transport/check-header.js';
import type { RequestHeaders } from '../transport/http-request.js';
import type { Transport } from '../transport/transport.js';
import { undiciTransport } from '../transport/undici-transport.js';
import { readBaseUrl, type BaseUrl } from './base-url.js';
import { readDeadlineHeader } from './deadline-header.js';
import type { Identity } from './identity.js';
import { ProviderKey } from './provider-key.js';
import { Session } from './session.js';
import type { Reach, SessionContext } from './session-context.js';

const COMMON_HEADERS: RequestHeaders = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  // Compressed events arrive late and cost CPU; an answer that is compressed all the same is decoded.
  'accept-encoding': 'identity',
  'user-agent': 'inferway',
};

/** A provider as it is reached: address, key and transport, shared by all that an adapter does. */
export class Connection implements Reach {
  readonly identity: Identity;
  readonly base: BaseUrl;
  readonly key: ProviderKey;
  readonly transport: Transport;
  readonly deadlineHeader: string | undefined;

  constructor(identity: Identity) {
    this.identity = identity;
    this.base = readBaseUrl(identity.baseUrl);
    const headers = { ...COMMON_HEADERS, ...checkHeaders(identity.headers ?? {}, 'headers') };
    this.key = new ProviderKey(identity.name, identity.key, headers);
    this.deadlineHeader = readDeadlineHeader(identity.deadlineHeader);
    this.transport = identity.transport ?? undiciTransport();
  }

  /** Exchanges that belong together. @throws {InferwayError} `authentication` where there is no key. */
  session(context: SessionContext): Session {
    return new Session(this, context);
  }
}

/**
 * Connects to a provider that a profile describes, for what is no plain endpoint: protocols of several exchanges, files, batches.
 *
 * @throws {InferwayError} `configuration` for a bad base URL, key or header.
 */
export function connect(identity: Identity): Connection {
  return new Connection(identity);
}
