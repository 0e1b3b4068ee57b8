import {
  createClient,
  listen,
  type ChainEvent,
  type Client,
  type Middleware,
  type State,
} from '@inferway/core';
import { hedge, type HedgeOptions } from '@inferway/core/resilience';
import {
  fakeProvider,
  say,
  virtualClock,
  wait,
  type FakeProvider,
  type Script,
  type Step,
  type VirtualClock,
} from '@inferway/core/testing';

export const messages = [{ role: 'user', content: 'hi' }] as const;

/** A client with `hedge` in its chain, in virtual time. */
export interface HedgeRig {
  readonly client: Client<FakeProvider<string, 'chat'>>;
  readonly clock: VirtualClock;
  readonly providers: readonly FakeProvider<string, 'chat'>[];
  readonly events: readonly ChainEvent[];
  /** What was asked of whom, and when. */
  sent(): readonly (readonly [model: string, at: number])[];
  /** Attempts that neither ended nor were cancelled. */
  open(): number;
  /** Listens to the events of a call. */
  readonly state: (state: State) => void;
}

/** Hedges after 100 ms, all calls unless `options` say less. */
export function setUp(
  scripts: Readonly<Record<string, Script>>,
  options: HedgeOptions,
  inner: readonly Middleware[] = [],
  attempts?: number,
): HedgeRig {
  const clock = virtualClock();
  const providers = Object.entries(scripts).map(([name, script]) => fakeProvider({ name, script }));
  const events: ChainEvent[] = [];
  const client = createClient({
    providers,
    clock,
    attempts,
    middleware: [hedge({ delayMs: 100, share: 1, ...options }), ...inner],
  });
  const state = (of: State): void => listen(of, (event) => events.push(event));
  const sent: HedgeRig['sent'] = () =>
    providers
      .flatMap((provider) => provider.attempts)
      .toSorted((a, b) => a.at - b.at)
      .map(({ call, at }) => [`${call.model.provider}/${call.model.id}`, at] as const);
  const open = (): number => providers.reduce((sum, provider) => sum + provider.open, 0);
  return { client, clock, providers, events, sent, open, state };
}

/** An answer that takes so long. */
export function slow(ms: number, text = `after ${ms}`): readonly Step[] {
  return [wait(ms), ...say(text)];
}
