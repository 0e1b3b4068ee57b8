import { sleep } from '../../../clock.js';
import { InferwayError } from '../../../error.js';
import { linkedController } from '../../../signal.js';
import { retryDelayMs } from '../../retry-delay.js';
import type { AlertSink, BudgetAlert } from '../budget-alert.js';
import { signWebhook } from './sign-webhook.js';
import {
  readWebhookOptions,
  type WebhookFailure,
  type WebhookOptions,
  type WebhookSettings,
} from './webhook-options.js';

/** Where alerts go, and how to let go of it. */
export interface Webhook extends AlertSink {
  /** Resolves once nothing waits any more: delivered, or given up. */
  flush(): Promise<void>;
  /** Gives up what waits, and takes nothing more. */
  close(): void;
}

const LONGEST_WAIT_MS = 60_000;

/**
 * Sends alerts as signed webhooks (Standard Webhooks: `verifyStandardWebhook` of `@inferway/provider-kit` reads them, and so do the libraries of
 * standardwebhooks.com). One after another, each tried again with the same id while the receiver does not answer or has no time; redirects are
 * not followed. Never holds up or fails a call.
 *
 * @throws {InferwayError} `configuration`, when built, for an empty secret or an address that it must not use.
 */
export function webhook(options: WebhookOptions): Webhook {
  const settings = readWebhookOptions(options);
  const queue: BudgetAlert[] = [];
  const link = linkedController(undefined);
  let running: Promise<void> | undefined;

  const work = async (): Promise<void> => {
    for (let alert = queue[0]; alert !== undefined; alert = queue[0]) {
      const failure = await deliver(settings, alert, link.signal);
      queue.shift();
      if (failure !== undefined) settings.fail(failure);
    }
    running = undefined;
  };
  const send = (alert: BudgetAlert): void => {
    const reason = link.signal.aborted
      ? 'closed'
      : queue.length >= settings.maxQueue
        ? 'queue-full'
        : undefined;
    if (reason !== undefined) {
      settings.fail({ alert, reason, attempts: 0 });
      return;
    }
    queue.push(alert);
    running ??= work();
  };
  return Object.assign(send, {
    flush: async () => running,
    close: () => link.abort(new InferwayError('aborted', { message: 'The webhook was closed.' })),
  });
}

type Reason = WebhookFailure['reason'];

/** How one try went: `again` where another may do better. */
interface Try {
  readonly reason: Reason;
  readonly status?: number;
  readonly again: boolean;
}

async function deliver(
  settings: WebhookSettings,
  alert: BudgetAlert,
  closed: AbortSignal,
): Promise<WebhookFailure | undefined> {
  const { attempts, baseMs, clock } = settings;
  const id = `msg_${globalThis.crypto.randomUUID()}`;
  const timestamp = new Date(alert.at).toISOString();
  const body = JSON.stringify({ type: `budget.${alert.kind}`, timestamp, data: alert });
  for (let made = 1; ; made++) {
    if (closed.aborted) return { alert, reason: 'closed', attempts: made - 1 };
    const failed = await post(settings, id, body, closed);
    if (failed === undefined) return undefined;
    const { reason, status, again } = failed;
    if (!again || made >= attempts) {
      return { alert, reason, attempts: made, ...(status === undefined ? {} : { status }) };
    }
    const rules = { baseMs, maxMs: Math.max(baseMs, LONGEST_WAIT_MS) };
    const ms = retryDelayMs(rules, made, undefined, clock.random());
    // Closed meanwhile: told at the top of the loop.
    await sleep(clock, ms, closed).catch(() => {});
  }
}

/** One try; undefined where the receiver took it. */
async function post(
  settings: WebhookSettings,
  id: string,
  body: string,
  closed: AbortSignal,
): Promise<Try | undefined> {
  const { url, key, timeoutMs, fetch, clock } = settings;
  const link = linkedController(closed);
  let isLate = false;
  const timer = clock.setTimer(() => {
    isLate = true;
    link.abort(
      new InferwayError('timeout', { message: 'The receiver of a webhook gave no answer.' }),
    );
  }, timeoutMs);
  try {
    const headers = await signWebhook(key, id, clock.wallTime(), body);
    const asking = fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: link.signal,
    });
    const response = await link.race(asking, (late) => drop(late));
    drop(response);
    return verdict(response.status);
  } catch {
    if (closed.aborted) return { reason: 'closed', again: false };
    return { reason: isLate ? 'timeout' : 'connection', again: true };
  } finally {
    clock.clearTimer(timer);
    link.release();
  }
}

function verdict(status: number): Try | undefined {
  if (status >= 200 && status < 300) return undefined;
  // 0 is what a browser makes of a redirect.
  if (status < 400) return { reason: 'redirect', status, again: false };
  if (status === 408 || status === 429 || status >= 500)
    return { reason: 'status', status, again: true };
  return { reason: 'refused', status, again: false };
}

// What a receiver says is of no interest; unread, it would hold the socket.
function drop(response: Response): void {
  response.body?.cancel().catch(() => {});
}
