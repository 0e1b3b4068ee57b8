import type { AnyReply, Call, ChatEvent, ProviderOf } from '@inferway/core';
import {
  defineProvider,
  endpoint,
  undiciTransport,
  type HttpRequest,
  type ModelListingSettings,
  type HttpResponse,
  type Transport,
} from '@inferway/provider-kit';
import { openaiChat, type ClientFormat, type StreamDecoder } from '@inferway/wire';
import type { ProviderSetup } from '../../src/index.js';

type Chat = ProviderOf<'broken', 'chat'>;
type ChatFormat = Pick<ClientFormat<'chat'>, 'encodeRequest' | 'decodeResponse' | 'streamDecoder'>;

const right = openaiChat as unknown as ClientFormat<'chat'>;

/** A chat adapter whose format is changed. */
export function withFormat(
  setup: ProviderSetup,
  change: (format: ClientFormat<'chat'>) => Partial<ChatFormat>,
): Chat {
  return made(setup, { ...right, ...change(right) });
}

/** A chat adapter whose transport is changed. */
export function withTransport(
  setup: ProviderSetup,
  change: (transport: Transport) => Partial<Transport>,
): Chat {
  const right = setup.transport ?? undiciTransport();
  const { exchange, close } = { ...bound(right), ...change(right) };
  return made({ ...setup, transport: { exchange, close } });
}

/** A chat adapter every call of which goes through `operate`. */
export function withCalls(
  setup: ProviderSetup,
  operate: (call: Call, right: (call: Call) => Promise<AnyReply>) => Promise<AnyReply>,
): Chat {
  const provider = made(setup);
  const right = provider.chat as unknown as (call: Call) => Promise<AnyReply>;
  return { ...provider, chat: ((call: Call) => operate(call, right)) as never };
}

/** A transport whose requests are changed on their way. */
export function sending(
  change: (request: HttpRequest) => HttpRequest,
): (transport: Transport) => Partial<Transport> {
  return (transport) => ({ exchange: (request) => transport.exchange(change(request)) });
}

/** A transport whose answers are changed on their way. */
export function receiving(
  change: (response: HttpResponse) => Partial<HttpResponse>,
): (transport: Transport) => Partial<Transport> {
  return (transport) => ({
    exchange: async (request) => {
      const response = await transport.exchange(request);
      return { ...bound(response), ...change(response) };
    },
  });
}

/** A chat adapter as it should be. */
export function made(
  setup: ProviderSetup,
  format: ClientFormat<'chat'> = right,
  models?: ModelListingSettings,
): Chat {
  return defineProvider({
    name: 'broken',
    baseUrl: setup.baseUrl,
    key: { apiKey: setup.apiKey },
    endpoints: { chat: endpoint({ format, path: 'chat/completions' }) },
    models,
    transport: setup.transport,
  });
}

/** A chat adapter whose streamed events are changed. */
export function decoding(
  setup: ProviderSetup,
  change: (events: readonly ChatEvent[]) => readonly ChatEvent[],
): Chat {
  return withFormat(setup, (format) => ({
    streamDecoder(from) {
      const decoder = format.streamDecoder?.(from) as StreamDecoder<ChatEvent>;
      return wrapped(decoder, {
        message(message, out) {
          const events: ChatEvent[] = [];
          decoder.message(message, events);
          out.push(...change(events));
        },
      });
    },
  }));
}

/** A decoder with some of its members changed. */
export function wrapped(
  decoder: StreamDecoder<ChatEvent>,
  change: Partial<StreamDecoder<ChatEvent>>,
): StreamDecoder<ChatEvent> {
  return {
    message: (message, out) => decoder.message(message, out),
    end: (out) => decoder.end(out),
    ...change,
    get done() {
      return decoder.done;
    },
    get usage() {
      return decoder.usage;
    },
  };
}

// Methods of a class are not copied by spread.
function bound<T extends object>(value: T): T {
  return new Proxy({} as T, {
    get: (_none, name) => member(value, name),
    has: (_none, name) => name in value,
    ownKeys: () => namesOf(value),
    getOwnPropertyDescriptor: (_none, name) => ({
      value: member(value, name),
      enumerable: true,
      configurable: true,
    }),
  });
}

function member(value: object, name: string | symbol): unknown {
  const found: unknown = Reflect.get(value, name);
  return typeof found === 'function' ? (found.bind(value) as unknown) : found;
}

function namesOf(value: object): string[] {
  const names = new Set<string>();
  for (let one: object | null = value; one !== null && one !== Object.prototype;) {
    for (const name of Object.getOwnPropertyNames(one)) names.add(name);
    one = Object.getPrototypeOf(one) as object | null;
  }
  names.delete('constructor');
  return [...names];
}
