import type { ReceivedRequest } from '@inferway/provider-kit/testing';

/** A request as the kit's server received it. */
export interface WireRequest extends ReceivedRequest {
  /** Number of the connection that it came on, from 1. */
  readonly connection: number;
}

/** The JSON of a request's body; undefined where it is none. */
export function jsonOf(request: WireRequest): unknown {
  try {
    return JSON.parse(request.body) as unknown;
  } catch {
    return undefined;
  }
}
