// The whole chain while a provider fails: what was retried, who answered instead, what was refused, and what each tenant paid.
// Always against a simulator of its own: answers and faults are made up, the chain and its books are not.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { caller, formatUsd, InferwayError } from '@inferway/core';
import { formatEvent } from '@inferway/core/middleware';
import { createSimulator } from '@inferway/simulator';
import { productionChain } from './chain.js';

const simulator = createSimulator({ seed: 7, pace: { ttftMs: 5, perTokenMs: 0.2 } });
await simulator.listen();
const folder = await mkdtemp(join(tmpdir(), 'inferway-production-'));
const told = new Map<string, number>();
let openMs = 0;
const { client, rows, budgets, store, close } = productionChain(simulator, folder, {
  onEvent(event) {
    told.set(event.type, (told.get(event.type) ?? 0) + 1);
    // Of the many lines of a log, those that somebody would look for.
    if (event.type !== 'breaker') return;
    console.log(`  ${formatEvent(event)}`);
    openMs = event.openMs ?? openMs;
  },
  onAlert: ({ value, threshold, kind }) => console.log(`  alert: ${value}, ${threshold ?? kind}`),
});

async function ask(tenant: string, question: string): Promise<string> {
  try {
    const { meta } = await client.chat(
      {
        model: 'route/answers',
        messages: [{ role: 'user', content: question }],
        maxOutputTokens: 60,
      },
      { timeoutMs: 10_000, state: (state) => state.set(caller, { tenant }) },
    );
    if (meta.cache === 'hit') return 'cached';
    return meta.coalesced === true ? 'shared' : `answered by ${meta.provider}`;
  } catch (reason) {
    return InferwayError.from(reason).code;
  }
}

async function show(
  title: string,
  how: (tenant: string, questions: readonly string[]) => Promise<string[]>,
  tenant: string,
  questions: readonly string[],
): Promise<void> {
  console.log(`${title}:`);
  const answers = await how(tenant, questions);
  const kinds = [...new Set(answers)].map(
    (kind) => `${answers.filter((answer) => answer === kind).length} ${kind}`,
  );
  console.log(`  ${kinds.join(', ')}`);
}

const atOnce = (tenant: string, questions: readonly string[]): Promise<string[]> =>
  Promise.all(questions.map((question) => ask(tenant, question)));

async function inTurn(tenant: string, questions: readonly string[]): Promise<string[]> {
  const answers: string[] = [];
  for (const question of questions) answers.push(await ask(tenant, question));
  return answers;
}

const about = (what: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `What about ${what} number ${index + 1}?`);

console.log('simulated: no provider is asked, and nothing here says anything about one\n');

const same = 'Why is the sky blue?';
await show('the same question twice at once', atOnce, 'large', [same, same]);
await show('once more, and four others', inTurn, 'large', [same, ...about('rain', 4)]);

simulator.faults.set('overloaded', { model: 'sim-chat' });
await show('the first provider is down', inTurn, 'large', about('wind', 12));

simulator.faults.clear();
await sleep(openMs + 100);
await show('it is back', inTurn, 'large', about('snow', 3));

const key = `sk-proj-${'Ab3dEf6hIj9kLm2n'.repeat(3)}`;
await show('a key in the question', inTurn, 'large', [`What is ${key} good for?`]);
const leaked = simulator.requests
  .toArray()
  .some(({ body }) => (JSON.stringify(body) ?? '').includes(key));
console.log(`  the provider saw it: ${leaked ? 'yes' : 'no'}`);

await show('a tenant with half a cent a day', inTurn, 'small', about('ice', 12));
await show('a tenant that asks 40 things at once', atOnce, 'rush', about('hail', 40));

await rows.flush();
console.log('\nfrom the ledger');
let paid = 0;
for (const { group, attempts, cost, unknown } of await store.sum({}, ['tenant'])) {
  paid += cost;
  console.log(`  ${group.tenant}: ${attempts} attempts, ${formatUsd(cost)}, ${unknown} unknown`);
}
const billed = simulator.bill.total();
console.log(`  together ${formatUsd(paid)}; the provider's bill says ${formatUsd(billed)}`);
for (const tenant of ['large', 'small', 'rush']) {
  const [state] = await budgets.states({ tenant });
  if (state === undefined) continue;
  // What is reserved while nothing runs is kept by guardQuota, for an outage of the store.
  const { spent, reserved, limit } = state;
  console.log(
    `  budget of ${tenant}: ${formatUsd(spent)} spent, ${formatUsd(reserved)} reserved, of ${formatUsd(limit)}`,
  );
}
console.log(
  `events: ${[...told]
    .toSorted()
    .map(([type, times]) => `${type} ${times}`)
    .join(', ')}`,
);

await close();
await simulator.close();
await rm(folder, { recursive: true });
if (paid !== billed || leaked) process.exitCode = 1;
