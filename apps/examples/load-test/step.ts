import { caller, createClient, InferwayError } from '@inferway/core';
import { learnLimits, limit } from '@inferway/core/limits';
import { standard } from '@inferway/core/middleware';
import { memoryQuota } from '@inferway/core/stores';
import { seededRandom } from '@inferway/core/testing';
import { createOpenAI } from '@inferway/openai';
import { createSimulator, type Simulator } from '@inferway/simulator';

/** What the simulated provider grants; full at the start, as real ones are, so each step uses it up first. */
const TOKENS_PER_MINUTE = 120_000;
/** How long a caller waits for an answer before he has gone, in milliseconds. */
const PATIENCE_MS = 2000;

export interface Step {
  /** Calls a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly seed: number;
}

/** One call, as its caller saw it. Times in milliseconds from when it was due, not from when it was sent. */
export interface Seen {
  readonly code: 'answered' | InferwayError['code'];
  readonly ms: number;
  readonly ttftMs?: number | undefined;
}

export interface StepResult extends Step {
  readonly calls: readonly Seen[];
  /** The furthest that the load itself was behind its plan: more than a few milliseconds, and this machine was the limit. */
  readonly lateMs: number;
  /** Refusals that the provider had to make. */
  readonly refusedByProvider: number;
}

/** Sends calls at a fixed average rate, whether or not the ones before are over (open loop), at times drawn from the seed. */
export async function runStep(step: Step): Promise<StepResult> {
  const simulator = createSimulator({
    seed: step.seed,
    pace: { ttftMs: { median: 40, sigma: 0.3 }, perTokenMs: 2 },
    limits: { tokensPerMinute: TOKENS_PER_MINUTE },
  });
  await simulator.listen();
  const client = loadedClient(simulator);
  await useUp(simulator);
  const random = seededRandom(step.seed);
  const begun = performance.now();
  const calls: Promise<Seen>[] = [];
  let due = 0;
  let lateMs = 0;
  for (;;) {
    // Arrivals of many independent callers: the gaps are exponential.
    due += (-Math.log(1 - random()) / step.rate) * 1000;
    if (due >= step.seconds * 1000) break;
    const ahead = due - (performance.now() - begun);
    if (ahead > 1) await new Promise((resolve) => setTimeout(resolve, ahead));
    lateMs = Math.max(lateMs, performance.now() - begun - due);
    calls.push(ask(client, calls.length, begun + due));
  }
  const seen = await Promise.all(calls);
  const refused = simulator.requests.toArray().filter(({ status }) => status === 429).length;
  await client.close();
  await simulator.close();
  return { ...step, calls: seen, lateMs, refusedByProvider: refused };
}

function loadedClient(simulator: Simulator) {
  return createClient({
    providers: [createOpenAI({ baseUrl: simulator.baseUrls.openai, apiKey: 'simulated' })],
    middleware: standard({
      callerLimits: limit({
        store: memoryQuota(),
        rules: [{ name: 'all', per: 'all', concurrency: 60 }],
        queue: { maxWaitMs: 500 },
      }),
      credentialLimits: learnLimits({ queue: { maxWaitMs: 500 } }),
    }),
  });
}

async function ask(
  client: ReturnType<typeof loadedClient>,
  index: number,
  due: number,
): Promise<Seen> {
  let ttftMs: number | undefined;
  try {
    const stream = await client.chat.stream(
      {
        model: 'openai/sim-chat',
        messages: [{ role: 'user', content: `In 20 words: what is number ${index}?` }],
        maxOutputTokens: 40,
      },
      {
        timeoutMs: PATIENCE_MS,
        // Ten tenants, so that the queue's fairness is at work.
        state: (state) => state.set(caller, { tenant: `tenant-${index % 10}` }),
      },
    );
    for await (const _piece of stream.text) ttftMs ??= performance.now() - due;
    return { code: 'answered', ms: performance.now() - due, ttftMs };
  } catch (reason) {
    return { code: InferwayError.from(reason).code, ms: performance.now() - due };
  }
}

/** A bucket of a minute would let a short test pass whatever it sent: all but what half a second refills is taken by one long question. */
async function useUp(simulator: Simulator): Promise<void> {
  const words = TOKENS_PER_MINUTE - TOKENS_PER_MINUTE / 120;
  const client = createClient({
    providers: [createOpenAI({ baseUrl: simulator.baseUrls.openai, apiKey: 'simulated' })],
  });
  await client.chat({
    model: 'openai/sim-chat',
    messages: [{ role: 'user', content: `In 1 word: ${'x '.repeat(words)}` }],
    maxOutputTokens: 1,
  });
  await client.close();
}
