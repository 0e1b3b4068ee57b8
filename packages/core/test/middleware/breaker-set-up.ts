import {
  createClient,
  listen,
  type Answer,
  type CallOptions,
  type ChainEvent,
  type ErrorCode,
  type InferwayError,
  type ReplyStream,
} from '@inferway/core';
import { timeout } from '@inferway/core/middleware';
import {
  circuitBreaker,
  type CircuitBreaker,
  type CircuitBreakerOptions,
} from '@inferway/core/resilience';
import {
  fail,
  fakeProvider,
  say,
  virtualClock,
  type FakeProvider,
  type Step,
  type VirtualClock,
} from '@inferway/core/testing';
import { errorOf } from '../helpers.js';

const messages = [{ role: 'user', content: 'hi' }] as const;

/** A client with a breaker around one provider, which does at each attempt what it was told last. */
export interface BreakerSetUp {
  readonly clock: VirtualClock;
  readonly provider: FakeProvider<'fake', 'chat'>;
  readonly breaker: CircuitBreaker;
  readonly events: readonly ChainEvent[];
  chat(model?: string, call?: CallOptions): Promise<Answer<'chat'>>;
  stream(call?: CallOptions): Promise<ReplyStream<'chat', Answer<'chat'>>>;
  does(...steps: readonly Step[]): void;
  /** Calls so many times, with an error each. */
  failing(times: number, error?: ErrorCode | InferwayError): Promise<void>;
  answering(times: number): Promise<void>;
  /** Makes a call; true where it was not refused. */
  passes(): Promise<boolean>;
  /** Attempts that reached the provider. */
  made(): number;
}

export function setUp(options: CircuitBreakerOptions = {}): BreakerSetUp {
  const clock = virtualClock();
  let steps: readonly Step[] = say('ok');
  const provider = fakeProvider({ script: () => steps });
  const breaker = circuitBreaker(options);
  const middleware = [breaker, timeout({ idleContentMs: 500, idleBytesMs: 500 })];
  const client = createClient({ providers: [provider], middleware, clock });
  const events: ChainEvent[] = [];
  const state: CallOptions['state'] = (made) => listen(made, (event) => events.push(event));
  const chat = (model = 'fake/m', call: CallOptions = {}) =>
    client.chat({ model: model as 'fake/m', messages }, { state, ...call });
  return {
    clock,
    provider,
    breaker,
    events,
    chat,
    stream: (call = {}) => client.chat.stream({ model: 'fake/m', messages }, { state, ...call }),
    does(...next) {
      steps = next;
    },
    async failing(times, error = 'overloaded') {
      steps = [fail(error)];
      for (let i = 0; i < times; i++) await errorOf(chat());
    },
    async answering(times) {
      steps = say('ok');
      for (let i = 0; i < times; i++) await chat();
    },
    async passes() {
      const before = provider.attempts.length;
      await chat().catch(() => {});
      return provider.attempts.length > before;
    },
    made: () => provider.attempts.length,
  };
}
