import {
  caller,
  createClient,
  listen,
  type Call,
  type ChainEvent,
  type ChatRequest,
  type Message,
} from '@inferway/core';
import {
  promptCache,
  type PromptCacheOptions,
  type PromptCacheRule,
  type PromptCacheWay,
} from '@inferway/core/caching';
import { fakeProvider, say, virtualClock } from '@inferway/core/testing';

/** Above 1,024 tokens. */
export const long: string = 'The history of the harbour is long. '.repeat(200);
export const user = (content: string): Message => ({ role: 'user', content });
export const assistant = (content: string): Message => ({ role: 'assistant', content });
export const system = (content: string): Message => ({ role: 'system', content });

export interface Sent {
  readonly request: ChatRequest;
  readonly events: readonly ChainEvent[];
}

/** The request as it reaches a provider named `fake`. */
export async function send(
  request: ChatRequest,
  rule: Exclude<
    PromptCacheOptions['providers'],
    (...given: never[]) => unknown
  >[string] = 'markers',
  rest: {
    readonly prices?: PromptCacheOptions['prices'];
    readonly tenant?: string;
    readonly usage?: object;
  } = {},
): Promise<Sent> {
  const events: ChainEvent[] = [];
  const provider = fakeProvider({ script: say('x', { usage: rest.usage ?? null }) });
  const client = createClient({
    providers: [provider],
    clock: virtualClock(),
    middleware: [promptCache({ providers: { fake: rule }, prices: rest.prices })],
  });
  await client.chat({ model: 'fake/m', ...request } as never, {
    state: (state) => {
      listen(state, (event) => events.push(event));
      state.set(caller, { tenant: rest.tenant });
    },
  });
  const sent = provider.attempts[0]?.call as Call<'chat'>;
  return { request: sent.request, events };
}

/** Where markers are: `tools.0`, `0.0` for the first part of the first message. */
export function markers({ tools, messages }: ChatRequest): string[] {
  const found: string[] = [];
  tools?.forEach((tool, index) => {
    if (tool.type !== 'provider' && tool.cache !== undefined) found.push(`tools.${index}`);
  });
  messages.forEach(({ content }, index) => {
    if (typeof content === 'string') return;
    content.forEach((part, place) => {
      if (part.cache !== undefined) found.push(`${index}.${place}`);
    });
  });
  return found;
}

export const placed = async (
  request: ChatRequest,
  rule?: PromptCacheWay | PromptCacheRule,
): Promise<string[]> => markers((await send(request, rule)).request);
