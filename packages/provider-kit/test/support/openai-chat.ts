import {
  createClient,
  type InferwayError,
  type Client,
  type Message,
  type Middleware,
  type ProviderOf,
} from '@inferway/core';
import { openaiChat } from '@inferway/wire';
import { defineProvider, endpoint, type Transport } from '../../src/index.js';
import { faultServer, type FaultServer, type Scenario } from '../../src/testing/index.js';

export type ChatClient = Client<ProviderOf<'p', 'chat'>>;

/** A chat client of a server that follows `scenario`, and what is to be closed after the test. */
export async function chatWith(
  transport: Transport,
  scenario: Scenario,
  middleware: readonly Middleware[] = [],
): Promise<{ server: FaultServer; client: ChatClient; close(): Promise<void> }> {
  const server = await faultServer(scenario);
  const client = clientOf(server, transport, middleware);
  return { server, client, close: () => closeAll(server, transport) };
}

export function clientOf(
  server: { readonly origin: string },
  transport: Transport,
  middleware: readonly Middleware[] = [],
): ChatClient {
  const provider = defineProvider({
    name: 'p',
    baseUrl: `${server.origin}/v1`,
    key: { apiKey: 'sk-fault-test-secret' },
    endpoints: { chat: endpoint({ format: openaiChat, path: 'chat/completions' }) },
    transport,
  });
  return createClient({ providers: [provider], middleware });
}

async function closeAll(server: FaultServer, transport: Transport): Promise<void> {
  await server.close();
  await transport.close();
}

export const ask: { readonly model: 'p/m'; readonly messages: readonly Message[] } = {
  model: 'p/m',
  messages: [{ role: 'user', content: 'Tell me of the sea.' }],
};

/** An SSE message with one chunk of a completion. */
export const delta = (content: string): string =>
  data({ id: 'c1', model: 'm', choices: [{ index: 0, delta: { content } }] });

export const finish = (reason: string | null = 'stop'): string =>
  data({ id: 'c1', choices: [{ index: 0, delta: {}, finish_reason: reason }] });

export const usage = (prompt: number, completion: number): string =>
  data({ id: 'c1', choices: [], usage: { prompt_tokens: prompt, completion_tokens: completion } });

export const DONE = 'data: [DONE]\n\n';

export const data = (body: unknown): string => `data: ${JSON.stringify(body)}\n\n`;

/** A whole completion. */
export const completion = (content: string): object => ({
  id: 'c1',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2 },
});

/** The text that a failed stream had brought. */
export function partialText(error: InferwayError): string {
  const partial = error.partial as
    | { message: { content: readonly { type: string; text?: string }[] } }
    | undefined;
  return (partial?.message.content ?? []).map((part) => part.text ?? '').join('');
}
