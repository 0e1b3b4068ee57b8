import { createClient, type Client, type ProviderBase } from '@inferway/core';
import { json, loopback, type Answer, type Seen } from './loopback-server.js';

/** What a server on loopback saw of some calls, and what came of them. */
export interface Asked<T> {
  readonly seen: readonly Seen[];
  readonly answer: T;
}

/**
 * Makes calls through a client of one provider, whose server lives only for them.
 *
 * @param answers The server's JSON body for every request, or how it answers each.
 */
export async function asked<P extends ProviderBase, T>(
  answers: object | Answer,
  provider: (baseUrl: string) => P,
  calls: (client: Client<P>) => Promise<T>,
): Promise<Asked<T>> {
  const server = await loopback(
    typeof answers === 'function'
      ? (answers as Answer)
      : (_, response) => json(response, 200, answers),
  );
  const client = createClient({ providers: [provider(server.baseUrl)] }) as unknown as Client<P>;
  try {
    return { answer: await calls(client), seen: server.seen };
  } finally {
    await client.close();
    await server.close();
  }
}

/** Answers with a stream of these payloads, ended by `[DONE]`. */
export function streamOf(...payloads: readonly object[]): Answer {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const payload of payloads) response.write(`data: ${JSON.stringify(payload)}\n\n`);
    response.end('data: [DONE]\n\n');
  };
}
