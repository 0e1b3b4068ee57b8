import { createAnthropic } from '@inferway/anthropic';
import { createClient, InferwayError } from '@inferway/core';
import { learnLimits } from '@inferway/core/limits';
import { fixed, standard } from '@inferway/core/middleware';
import { createOpenAI } from '@inferway/openai';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterEach, beforeEach, expect, test } from 'vitest';

let simulator: Simulator;
beforeEach(async () => {
  simulator = createSimulator({ limits: { requestsPerMinute: 30 } });
  await simulator.listen();
});
afterEach(() => simulator.close());

const messages = [{ role: 'user', content: 'hi' }] as const;
const statuses = (): (number | undefined)[] =>
  simulator.requests.toArray().map(({ status }) => status);
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (reason: unknown) => InferwayError.from(reason).code,
  );

test.each(['openai/sim-mini', 'anthropic/sim-claude'] as const)(
  '%s: the headers of its answers keep a client from ever being refused',
  async (model) => {
    const client = createClient({
      providers: [
        createOpenAI({ baseUrl: simulator.baseUrls.openai }),
        createAnthropic({ baseUrl: simulator.baseUrls.anthropic }),
      ],
      middleware: standard({ auth: fixed('key'), credentialLimits: learnLimits({ queue: false }) }),
    });
    const codes: string[] = [];
    for (let call = 0; call < 45; call++)
      codes.push(await codeOf(client.chat({ model, messages, maxOutputTokens: 16 })));
    expect(statuses().filter((status) => status !== 200)).toEqual([]);
    const answered = codes.filter((code) => code === 'answered').length;
    expect(answered).toBe(statuses().length);
    expect(answered).toBeGreaterThanOrEqual(29);
    expect(codes.at(-1)).toBe('rate_limit');
  },
);
