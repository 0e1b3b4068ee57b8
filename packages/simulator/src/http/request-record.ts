import type { IncomingHttpHeaders } from 'node:http';
import type { Kept } from '../kept.js';

/** One request as the simulator saw it. All times are milliseconds of the simulator's monotonic clock (`performance.now()` by default). */
export interface RequestRecord {
  /** The id that the answer's headers gave. */
  readonly requestId: string;
  readonly protocol: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case; credentials show their last four characters only. */
  readonly headers: Readonly<Record<string, string>>;
  /** Number of the connection, from 1. */
  readonly connection: number;
  readonly receivedAt: number;
  /** The parsed body, where it was JSON. */
  body?: unknown;
  tenant?: string;
  model?: string;
  stream?: boolean;
  /** The fault that was done to it. */
  fault?: string;
  /** The status that was sent. */
  status?: number;
  /** `refused` for every status but 200. */
  outcome?: 'complete' | 'failed' | 'cancelled' | 'refused';
  firstByteAt?: number;
  /** The answer was over: sent, broken off, or left by the client. */
  endedAt?: number;
  /** The client ended or reset the connection before the answer was over. */
  clientLeftAt?: number;
}

/** One connection that a client opened. */
export interface ConnectionRecord {
  readonly connection: number;
  readonly openedAt: number;
  requests: number;
  closedAt?: number;
}

/** The connections of a simulator. */
export interface Connections {
  /** How many are open now. */
  readonly open: number;
  /** How many there have been. */
  readonly total: number;
  /** The latest, oldest first. */
  readonly records: Kept<ConnectionRecord>;
}

const SECRET = new Set(['authorization', 'x-api-key', 'api-key', 'proxy-authorization', 'cookie']);

/** Headers fit to be kept. */
export function redactedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value.join(', ') : (value ?? '');
    kept[name] = SECRET.has(name) ? `[redacted …${text.length > 12 ? text.slice(-4) : ''}]` : text;
  }
  return kept;
}
