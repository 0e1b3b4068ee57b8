import {
  createClient,
  listen,
  type ChainEvent,
  type Middleware,
  type Answer,
  type Client,
  type ModelInfo,
  type ReplyStream,
  type State,
} from '@inferway/core';
import { createRouter, route, type Router, type RouterOptions } from '@inferway/core/routing';
import {
  fakeProvider,
  fail,
  virtualClock,
  type FakeProvider,
  type Script,
  type VirtualClock,
} from '@inferway/core/testing';

export const messages = [{ role: 'user', content: 'hi' }] as const;
export const down: Script = [fail('overloaded')];

/** What a provider lists, and how. */
export type Listing =
  | readonly Partial<ModelInfo>[]
  | ((options?: { readonly signal?: AbortSignal }) => Promise<readonly ModelInfo[]>);

export interface SetUp {
  readonly scripts: Readonly<Record<string, Script>>;
  readonly router: Omit<RouterOptions, 'providers' | 'clock'>;
  readonly listings?: Readonly<Record<string, Listing>>;
  /** Inside of the router. */
  readonly inner?: readonly Middleware[];
  readonly outer?: readonly Middleware[];
  readonly attempts?: number | undefined;
  /** False: the router does not know the client's providers. */
  readonly known?: boolean;
  readonly seed?: number;
}

type Fake = FakeProvider<string, 'chat'>;
type Put = (state: State) => void;

export interface Routed {
  readonly clock: VirtualClock;
  readonly client: Client<Fake>;
  readonly providers: readonly Fake[];
  readonly router: Router;
  /** What the calls told. */
  readonly events: ChainEvent[];
  /** The models that were reached, in order. */
  asked(): readonly string[];
  chat(model: string, put?: Put, more?: object): Promise<Answer<'chat'>>;
  stream(model: string, put?: Put): Promise<ReplyStream<'chat', Answer<'chat'>>>;
  /** For the `state` of a call: listens, and puts in what it is given. */
  state(put?: Put): Put;
}

/** A client with a router over fake providers, in virtual time. */
export function setUp(given: SetUp): Routed {
  const clock = virtualClock({ seed: given.seed });
  const reached: string[] = [];
  const noted =
    (script: Script): Script =>
    (call, attempt) => {
      reached.push(`${call.model.provider}/${call.model.id}`);
      return typeof script === 'function' ? script(call, attempt) : script;
    };
  const providers = Object.entries(given.scripts).map(([name, script]) =>
    listed(fakeProvider({ name, script: noted(script) }), given.listings?.[name]),
  );
  const router = createRouter({
    ...given.router,
    ...(given.known === false ? {} : { providers }),
    clock,
  });
  const client = createClient({
    providers,
    middleware: [...(given.outer ?? []), route(router), ...(given.inner ?? [])],
    clock,
    attempts: given.attempts,
  });
  const events: ChainEvent[] = [];
  const state = (put?: Put) => (of: State) => {
    listen(of, (event) => events.push(event));
    put?.(of);
  };
  const model = (name: string) => name as `route/${string}`;
  return {
    clock,
    client,
    providers,
    router,
    events,
    asked: () => reached,
    chat: (name, put, more = {}) =>
      client.chat({ model: model(name), messages, ...more }, { state: state(put) }),
    stream: (name, put) =>
      client.chat.stream({ model: model(name), messages }, { state: state(put) }),
    state,
  };
}

function listed(provider: Fake, listing: Listing | undefined): Fake {
  if (listing === undefined) return provider;
  const models =
    typeof listing === 'function'
      ? listing
      : () => Promise.resolve(listing.map((info) => ({ provider: provider.name, ...info })));
  // By its members as they are: how many attempts are open is told by a getter.
  return Object.defineProperties({} as Fake, {
    ...Object.getOwnPropertyDescriptors(provider),
    models: { value: models, enumerable: true },
  });
}
