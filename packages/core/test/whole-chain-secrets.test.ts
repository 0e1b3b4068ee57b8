import { inspect } from 'node:util';
import { caller, listen, type ChainEvent, type State } from '@inferway/core';
import { expect, test } from 'vitest';
import { SECRET, wholeChain, WORDS } from './whole-chain-rig.js';

const PROMPT = 'what-a-person-asked-in-confidence';

test('no error, event, line or row of any failure holds a key or what was asked', async () => {
  const seen: string[] = [];
  let failures = 0;
  for (const word of WORDS) {
    for (const words of [[word], [word, 'answer'], [word, 'breaks late']] as const) {
      const chain = wholeChain(words);
      const events: ChainEvent[] = [];
      const state = (to: State): void => {
        to.set(caller, { tenant: 't', user: 'u' });
        listen(to, (event) => events.push(event));
      };
      const input = {
        model: 'a/m',
        messages: [{ role: 'user', content: PROMPT }],
        maxOutputTokens: 50,
      } as const;
      const failed = (reason: unknown): void => {
        failures++;
        seen.push(inspect(reason, { depth: 12, showHidden: true }), JSON.stringify(reason));
        seen.push(String((reason as Error).stack));
      };
      const options = { state, timeoutMs: 20_000 };
      const asked = [
        chain.client.chat(input, options).catch(failed),
        chain.client.chat
          .stream(input, options)
          .then(({ result }) => result)
          .catch(failed),
        chain.client.chat({ ...input, maxOutputTokens: 1e15 }, options).catch(failed),
      ];
      await chain.clock.advance(100_000);
      await Promise.all(asked);
      seen.push(inspect(events, { depth: 12 }), inspect(await chain.rows(), { depth: 12 }));
      await chain.close();
    }
  }
  expect(failures).toBeGreaterThan(50);
  const text = seen.join('\n');
  // The words are in it that have to be, so it is the right place to look.
  expect(text).toContain('tenant');
  expect(text).not.toContain(PROMPT);
  expect(text).not.toContain(SECRET);
});
