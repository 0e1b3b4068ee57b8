import type { Call, Operation } from '@inferway/core';
import type { DecodeSource, EncodeTarget } from '@inferway/wire';
import type { Connection } from './connection.js';
import type { Endpoint } from './endpoint.js';
import { Session } from './session.js';

/** One call on its way to a provider and back: what its format asks of both directions, and what its reply tells. */
export class ProviderCall extends Session implements EncodeTarget, DecodeSource {
  readonly call: Call;
  readonly stream: boolean;
  readonly dialect: object | undefined;

  constructor(connection: Connection, endpoint: Endpoint<Operation>, call: Call) {
    super(connection, call);
    this.call = call;
    this.stream = call.stream;
    const { dialect } = endpoint;
    this.dialect =
      typeof dialect === 'function' ? dialect(call.model.id, call.request as never) : dialect;
  }

  /** What was asked, for answers that cannot be read without it. */
  get request(): object {
    return this.call.request as object;
  }

  /** Exchanges of the same call that its reply does not tell of. */
  sideSession(): Session {
    return new Session(this.connection, { ...this.context, progress: undefined });
  }
}
