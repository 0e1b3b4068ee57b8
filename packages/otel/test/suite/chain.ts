import { createClient, type Client, type Middleware, type ProviderBase } from '@inferway/core';
import {
  fakeProvider,
  virtualClock,
  type FakeProvider,
  type Script,
  type VirtualClock,
} from '@inferway/core/testing';

/** A moment of our own time: what the conventions write must be epoch time. */
export const EPOCH: number = Date.UTC(2026, 10, 21);

export const question = [{ role: 'user', content: 'the secret question' }] as const;

export interface Chain<Name extends string> {
  readonly client: Client<FakeProvider<Name, 'chat'>>;
  readonly clock: VirtualClock;
}

/** A client with one fake chat provider for each script. */
export function chain<const Name extends string>(
  scripts: Readonly<Record<Name, Script>>,
  middleware: readonly Middleware[],
): Chain<Name> {
  const clock = virtualClock({ wallTime: EPOCH });
  const providers = Object.entries<Script>(scripts).map(([name, script]) =>
    fakeProvider({ name: name as Name, script }),
  );
  const client = createClient({ providers: providers as ProviderBase[], clock, middleware });
  return { client: client as never, clock };
}
