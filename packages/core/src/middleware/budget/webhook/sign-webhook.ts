/** The headers of a delivery by the Standard Webhooks scheme (standardwebhooks.com): HMAC-SHA256 over id, time and body. */
export interface SignedHeaders {
  readonly [name: string]: string;
}

/** @param at Epoch milliseconds. */
export async function signWebhook(
  key: Uint8Array<ArrayBuffer>,
  id: string,
  at: number,
  body: string,
): Promise<SignedHeaders> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const { subtle } = globalThis.crypto;
  const imported = await subtle.importKey('raw', key, algorithm, false, ['sign']);
  const timestamp = Math.floor(at / 1000).toString();
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const signature = new Uint8Array(await subtle.sign('HMAC', imported, signed));
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${btoa(String.fromCharCode(...signature))}`,
  };
}
