import { createClient, type Call, type InferwayError, type ReplyMeta } from '@inferway/core';
import { auth, type AuthSources } from '@inferway/core/middleware';
import {
  fail,
  fakeProvider,
  say,
  virtualClock,
  type FakeProvider,
  type Script,
  type Step,
  type VirtualClock,
} from '@inferway/core/testing';

export const messages = [{ role: 'user', content: 'hi' }] as const;

interface AuthRig {
  readonly clock: VirtualClock;
  readonly provider: FakeProvider<'fake', 'chat'>;
  readonly chat: (
    signal?: AbortSignal,
  ) => Promise<{ readonly text: string; readonly meta: ReplyMeta }>;
  readonly stream: () => Promise<{ readonly text: PromiseLike<string> }>;
  /** Of the attempts, in their order. */
  readonly secrets: () => readonly (string | undefined)[];
  readonly ids: () => readonly (string | undefined)[];
}

/** A client of one fake provider, with its keys from `sources`. */
export function setUp(
  sources: AuthSources,
  script: Script = say('ok'),
  attempts?: number,
): AuthRig {
  const clock = virtualClock();
  const provider = fakeProvider({ script });
  const client = createClient({
    providers: [provider],
    middleware: [auth(sources)],
    clock,
    attempts,
  });
  return {
    clock,
    provider,
    chat: (signal) => client.chat({ model: 'fake/m', messages }, { signal }),
    stream: () => client.chat.stream({ model: 'fake/m', messages }),
    secrets: () => provider.attempts.map(({ call }) => call.credential?.reveal()),
    ids: () => provider.attempts.map(({ call }) => call.credential?.id),
  };
}

/** Refuses some secrets, each with its own error. */
export const refusing =
  (errors: Readonly<Record<string, InferwayError>>) =>
  (call: Call): readonly Step[] => {
    const error = errors[call.credential?.reveal() ?? ''];
    return error === undefined ? say('ok') : [fail(error)];
  };
