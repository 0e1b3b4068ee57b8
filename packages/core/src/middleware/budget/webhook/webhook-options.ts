import { systemClock, type Clock } from '../../../clock.js';
import { badOption, checkCount, checkFunction, checkMs } from '../../../option-checks.js';
import type { BudgetAlert } from '../budget-alert.js';

/** Where alerts are posted, and how they are signed. */
export interface WebhookOptions {
  /** `https:`, or `http:` on this machine. */
  readonly url: string | URL;
  /** `whsec_` and base64 of at least 16 bytes, as receivers of Standard Webhooks know it. */
  readonly secret: string;
  /** Allows `http:` to other machines: alerts can then be read, though not forged, by who listens on the way. Default false. */
  readonly allowHttp?: boolean | undefined;
  /** Tries of one alert. Default 5. */
  readonly attempts?: number | undefined;
  /** For each try. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** The first wait between tries is random below this, and the bound doubles each time up to a minute. Default 1,000. */
  readonly baseMs?: number | undefined;
  /** Alerts that wait at one time; more are given up at once. Default 100. */
  readonly maxQueue?: number | undefined;
  /** Told of each alert that was given up. */
  readonly onFailure?: ((failure: WebhookFailure) => void) | undefined;
  /** Default: the one of the platform. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly clock?: Clock | undefined;
}

/** An alert that did not arrive, as far as its sender knows. */
export interface WebhookFailure {
  readonly alert: BudgetAlert;
  /** `queue-full` and `closed`: it was never sent. */
  readonly reason:
    | 'queue-full'
    | 'closed'
    | 'redirect'
    | 'refused'
    | 'timeout'
    | 'connection'
    | 'status';
  readonly status?: number | undefined;
  /** Tries that were made. */
  readonly attempts: number;
}

/** The same, checked. */
export interface WebhookSettings {
  readonly url: string;
  readonly key: Uint8Array<ArrayBuffer>;
  readonly attempts: number;
  readonly timeoutMs: number;
  readonly baseMs: number;
  readonly maxQueue: number;
  readonly fail: (failure: WebhookFailure) => void;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
}

const PREFIX = 'whsec_';
const LEAST_KEY_BYTES = 16;

/** @throws {InferwayError} `configuration` naming the option and the cure, never the secret. */
export function readWebhookOptions(options: WebhookOptions): WebhookSettings {
  const onFailure = checkFunction('webhook', 'onFailure', options.onFailure);
  return {
    url: urlOf(options),
    key: keyOf(options.secret),
    attempts: checkCount('webhook', 'attempts', options.attempts ?? 5),
    timeoutMs: checkMs('webhook', 'timeoutMs', options.timeoutMs ?? 10_000),
    baseMs: checkMs('webhook', 'baseMs', options.baseMs ?? 1000),
    maxQueue: checkCount('webhook', 'maxQueue', options.maxQueue ?? 100),
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    clock: options.clock ?? systemClock,
    fail(failure) {
      try {
        onFailure?.(failure);
      } catch {
        // Who watches alerts must not break them.
      }
    },
  };
}

// What follows the host may be a secret of the receiver's: messages leave it out.
function urlOf({ url, allowHttp }: WebhookOptions): string {
  const parsed = URL.parse(String(url));
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) {
    throw badOption(
      'url',
      'webhook: url is no http(s) address. Give a whole one, such as https://example.com/alerts.',
    );
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw badOption(
      'url',
      'webhook: url holds a user name or password. Leave it out: deliveries are signed with "secret".',
    );
  }
  if (parsed.protocol === 'http:' && allowHttp !== true && !isLoopback(parsed.hostname)) {
    throw badOption(
      'url',
      `webhook: url is plain http to ${parsed.host}. Use https, or set allowHttp.`,
    );
  }
  return parsed.href;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/u.test(host);
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const text = typeof secret === 'string' ? secret : '';
  const key = bytesOf(text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text);
  if (key !== undefined && key.length >= LEAST_KEY_BYTES) return key;
  throw badOption(
    'secret',
    `webhook: secret is ${text === '' ? 'empty' : 'not base64 of at least 16 bytes'}. Make one: "whsec_" and 24 random bytes in base64, and give it to the receiver, too.`,
  );
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
