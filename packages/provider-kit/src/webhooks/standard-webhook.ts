import { InferwayError } from '@inferway/core';

/** A webhook as it arrived. */
export interface WebhookDelivery {
  /** Names in any case, or a `Headers` object. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body exactly as it came: a body that was parsed and written again has another signature. */
  readonly body: string | Uint8Array;
  /** `whsec_` and base64; several while one takes another's place. */
  readonly secret: string | readonly string[];
  /** Milliseconds since the epoch. Default: now. */
  readonly now?: number | undefined;
  /** How far the delivery's time may be from now, both ways. Default 5 minutes. */
  readonly toleranceMs?: number | undefined;
  /**
   * Told of the id of a delivery that is good, until when that id could be replayed (epoch milliseconds). Gives false where it knows the id
   * already. Without it a delivery can be replayed within the tolerance.
   */
  readonly firstSeen?: ((id: string, until: number) => boolean | Promise<boolean>) | undefined;
}

/** A webhook whose signature was right. */
export interface VerifiedWebhook {
  /** The same each time that one message is delivered. */
  readonly id: string;
  /** When this delivery was signed, epoch milliseconds. */
  readonly sentAt: number;
  readonly body: string;
}

const TOLERANCE_MS = 5 * 60_000;
const PREFIX = 'whsec_';
/** Of one delivery: a few, while secrets change. Each costs a pass over the body before anybody is known. */
const MOST_SIGNATURES = 8;

/**
 * Checks a webhook by the Standard Webhooks scheme (standardwebhooks.com): HMAC-SHA256 over id, time and body, in constant time.
 *
 * @throws {InferwayError} `authentication` for a signature that is missing or wrong, a time outside of the tolerance, or a delivery that was
 * seen before; `configuration` for a secret that is none. None of them quotes what came.
 */
export async function verifyStandardWebhook(delivery: WebhookDelivery): Promise<VerifiedWebhook> {
  const { toleranceMs = TOLERANCE_MS, now = Date.now() } = delivery;
  const id = header(delivery, 'webhook-id');
  const timestamp = header(delivery, 'webhook-timestamp');
  const signatures = header(delivery, 'webhook-signature');
  const sentAt = /^\d{1,12}$/u.test(timestamp) ? Number(timestamp) * 1000 : Number.NaN;
  if (!(Math.abs(now - sentAt) <= toleranceMs)) {
    throw refused(
      `The webhook was signed more than ${Math.round(toleranceMs / 1000)} seconds from now. Check this machine's clock; an old delivery may be a replay.`,
    );
  }
  if (typeof delivery.body !== 'string' && !(delivery.body instanceof Uint8Array)) {
    throw new InferwayError('invalid_request', {
      message:
        'The body of the webhook is neither text nor bytes. Give it as it came, before anything parses it.',
      param: 'body',
    });
  }
  const body =
    typeof delivery.body === 'string' ? delivery.body : new TextDecoder().decode(delivery.body);
  const secrets = typeof delivery.secret === 'string' ? [delivery.secret] : delivery.secret;
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), Buffer.from(delivery.body)]);
  const given = signatures
    .split(' ')
    .flatMap((text) => {
      const [version, signature = ''] = text.split(',');
      return version === 'v1' ? [Buffer.from(signature, 'base64')] : [];
    })
    .slice(0, MOST_SIGNATURES);
  // All are compared, so that the time tells nothing of which.
  const found = await Promise.all(
    secrets.map(async (secret) => {
      const key = await keyOf(secret);
      return Promise.all(given.map((one) => crypto.subtle.verify('HMAC', key, one, signed)));
    }),
  );
  const right = found.flat().includes(true);
  if (!right) {
    throw refused(
      'The signature of the webhook is not right. Verify the body as it came, byte for byte, with the signing secret of the account that sends it.',
    );
  }
  const fresh = await delivery.firstSeen?.(id, sentAt + toleranceMs);
  if (fresh === false) throw refused('The webhook was delivered before; it is not taken twice.');
  return { id, sentAt, body };
}

function header({ headers }: WebhookDelivery, name: string): string {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const text = typeof value === 'string' ? value : value?.[0];
  if (text === undefined || text === '') {
    throw refused(`The webhook has no ${name} header. It is not one, or a proxy took it off.`);
  }
  return text;
}

function keyOf(secret: string): ReturnType<typeof crypto.subtle.importKey> {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  const key = Buffer.from(text, 'base64');
  if (key.length > 0) {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    return crypto.subtle.importKey('raw', key, algorithm, false, ['verify']);
  }
  throw new InferwayError('configuration', {
    message: 'The webhook secret is empty or not base64. Copy it whole, with its "whsec_".',
    param: 'secret',
  });
}

function refused(message: string): InferwayError {
  return new InferwayError('authentication', {
    message,
    retryable: false,
    fallbackable: false,
  });
}
