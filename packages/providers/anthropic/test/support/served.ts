import { createClient, type Client, type ProviderBase } from '@inferway/core';
import { json, loopback, type Answer, type Loopback } from '@inferway/provider-kit/testing';
import { afterEach } from 'vitest';
import { createAnthropic, type AnthropicOptions } from '../../src/index.js';

const open: { close(): Promise<void> | undefined }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

export const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-7',
  content: [{ type: 'text', text: 'Hello.' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 10, output_tokens: 3 },
} as const;

/** A server of these answers and a client of it; both are closed after the test. */
export async function served(
  answer: Answer = (_, response) => json(response, 200, MESSAGE),
  options: AnthropicOptions = {},
): Promise<{
  readonly server: Loopback;
  readonly client: Client<ReturnType<typeof createAnthropic>>;
  readonly provider: ProviderBase;
}> {
  const server = await loopback(answer);
  const provider = createAnthropic({ apiKey: 'sk-ant-test', baseUrl: server.baseUrl, ...options });
  const client = createClient({ providers: [provider] });
  open.push(server, client);
  return { server, client, provider };
}

/** Answers with this message, whole or as the events that the API would send. */
export function telling(message: object): Answer {
  return (seen, response) => {
    if ((seen.body as { stream?: boolean }).stream !== true) return json(response, 200, message);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of eventsOf(message as typeof MESSAGE))
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    return response.end();
  };
}

type Event = { readonly type: string } & Record<string, unknown>;
type Block = Record<string, unknown> & { readonly type: string };

function eventsOf(
  message: Omit<typeof MESSAGE, 'content'> & { content: readonly Block[] },
): Event[] {
  const { content, stop_reason: reason, usage, ...head } = message;
  const events: Event[] = [
    { type: 'message_start', message: { ...head, content: [], stop_reason: null, usage } },
  ];
  content.forEach((block, index) => {
    const { start, deltas } = streamed(block);
    events.push({ type: 'content_block_start', index, content_block: start });
    for (const delta of deltas) events.push({ type: 'content_block_delta', index, delta });
    events.push({ type: 'content_block_stop', index });
  });
  events.push({ type: 'message_delta', delta: { stop_reason: reason }, usage });
  return [...events, { type: 'message_stop' }];
}

function streamed(block: Block): { readonly start: Block; readonly deltas: readonly object[] } {
  const { input, text, citations, thinking, signature } = block;
  if (block.type === 'text') {
    return {
      start: { ...block, text: '', ...(citations === undefined ? {} : { citations: [] }) },
      deltas: [
        { type: 'text_delta', text },
        ...((citations as object[] | undefined) ?? []).map((citation) => ({
          type: 'citations_delta',
          citation,
        })),
      ],
    };
  }
  if (block.type === 'thinking') {
    return {
      start: { ...block, thinking: '', signature: '' },
      deltas: [
        { type: 'thinking_delta', thinking },
        { type: 'signature_delta', signature },
      ],
    };
  }
  if (input === undefined) return { start: block, deltas: [] };
  const text2 = JSON.stringify(input);
  // An empty input comes as one empty delta.
  const pieces = text2 === '{}' ? [''] : [text2.slice(0, 3), text2.slice(3)];
  return {
    start: { ...block, input: {} },
    deltas: pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
  };
}
