import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { AnyReply, Call, Middleware, Next } from '@inferway/core';
import { countListeners, fail, say, wait, type Script } from '@inferway/core/testing';
import { expectMatch, expectTrue } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { rigged, type MiddlewareSubject } from '../middleware-check.js';
import { readAll } from '../rig.js';

const textOf = ({ request }: Call): string =>
  (request as { messages: readonly { content: string }[] }).messages[0]?.content ?? '';

/** Answers with the question, sooner or later. */
const echo: Script = (call) => {
  const text = textOf(call);
  return [wait((text.length * 37) % 50), ...say(`you said ${text} !`)];
};

/** One middleware serves many calls, at the same time and again and again. */
export function reuse(subject: MiddlewareSubject): readonly Check[] {
  return [
    rigged('calls at the same time do not touch each other', subject, echo, async (rig) => {
      await Promise.all(
        Array.from({ length: 30 }, async (_none, number) => {
          const text = `${'x'.repeat(number)}${number}`;
          if (number % 2 === 0) {
            const { result } = await rig.run(rig.unary(text));
            expectMatch(
              JSON.stringify(result).includes(`you said ${text} !`),
              true,
              'an answer of its own',
            );
            return;
          }
          const events = await rig.run(rig.run(rig.stream(text)).then(readAll));
          const said = events
            .map((event) => (event.type === 'text-delta' ? event.text : ''))
            .join('');
          expectMatch(said, `you said ${text} !`, 'the text of a stream of its own');
        }),
      );
    }),
    rigged(
      'a middleware outside of it may call it several times for one call',
      subject,
      echo,
      async (rig) => {
        const unary = await rig.run(rig.unary('q'));
        expectTrue(JSON.stringify(unary.result).includes('you said q !'), 'the last unary answer');
        const events = await rig.run(rig.run(rig.stream('r')).then(readAll));
        expectTrue(JSON.stringify(events).includes('"r '), 'the last stream');
      },
      [thrice],
    ),
    rigged(
      'after a failure the next call is answered',
      subject,
      (_call, attempt) => (attempt === 1 ? [fail('invalid_request')] : say('fine')),
      async (rig) => {
        await rig.failure(rig.unary('q'));
        const { result } = await rig.run(rig.unary('r'));
        expectTrue(JSON.stringify(result).includes('fine'), 'the second answer');
      },
    ),
    rigged(
      'nothing of a finished call is kept: no listener, no timer, no call',
      subject,
      echo,
      async (rig) => {
        const signals: AbortSignal[] = [];
        const kept: WeakRef<object>[] = [];
        for (let number = 0; number < 20; number++) {
          await rig.run(rig.unary(`u${number}`));
          await rig.run(rig.run(rig.stream(`s${number}`)).then(readAll));
          signals.push(...rig.passed.map(({ signal }) => signal));
          kept.push(...rig.passed.map(({ state }) => new WeakRef(state)));
          rig.passed.length = 0;
          rig.given.length = 0;
          rig.returned.length = 0;
          (rig.attempts as unknown[]).length = 0;
        }
        for (const signal of signals)
          expectMatch(countListeners(signal), 0, 'listeners of a finished call');
        expectMatch(rig.clock.timers, 0, 'timers that still run');
        signals.length = 0;
        const alive = await survivors(kept);
        // The last calls may stand in a variable of the engine's.
        expectTrue(
          alive <= 4,
          `the state of ${alive} of ${kept.length} finished calls is still held`,
        );
      },
    ),
  ];
}

async function survivors(refs: readonly WeakRef<object>[]): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    collect();
  }
  return refs.filter((ref) => ref.deref() !== undefined).length;
}

// As a hedge or a retry does: several calls, all replies but the last let go.
const thrice: Middleware = async (call, next: Next) => {
  for (let i = 0; i < 2; i++) {
    const reply = (await next(call)) as AnyReply;
    if (reply.stream) reply.events.cancel();
  }
  return next(call) as never;
};
