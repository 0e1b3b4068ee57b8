// Each user has a tenth of a cent a day; calls run at once, and the budget holds.
import { caller, createClient, formatUsd, InferwayError } from '@inferway/core';
import { standard } from '@inferway/core/middleware';
import { budget } from '@inferway/core/spending';
import { memoryQuota } from '@inferway/core/stores';
import { createOpenAI } from '@inferway/openai';
import { createPriceBook } from '@inferway/prices';

const prices = await createPriceBook();
const budgets = budget({
  store: memoryQuota(),
  prices,
  budgets: [{ name: 'users', per: 'user', usd: 0.001, period: 'day' }],
  alerts: {
    to: ({ kind, value, threshold, spent }) =>
      console.log(`alert: ${threshold ?? kind} for ${value}, ${formatUsd(spent)} spent`),
  },
});
const client = createClient({
  providers: [createOpenAI()],
  middleware: standard({ budget: budgets, cost: { prices } }),
});

const ask = async (user: string): Promise<string> => {
  try {
    await client.chat(
      {
        model: 'openai/gpt-5-mini',
        messages: [{ role: 'user', content: 'Why is the sky blue? Answer in one sentence.' }],
        maxOutputTokens: 100,
      },
      { state: (state) => state.set(caller, { user }) },
    );
    return 'answered';
  } catch (reason) {
    return InferwayError.from(reason).code;
  }
};

// All at once: each holds the most that it can cost, so only some are let in.
const rush = await Promise.all(Array.from({ length: 12 }, () => ask('ann')));
const answered = rush.filter((answer) => answer === 'answered').length;
console.log(`at once: ${answered} of ${rush.length} answered`);

// One after another, until what is left is less than a call can cost.
let more = 0;
while ((await ask('ann')) === 'answered') more++;
const [state] = await budgets.states({ user: 'ann' });
console.log(`one after another: ${more} more`);
console.log(`spent: ${formatUsd(state?.spent ?? 0)} of ${formatUsd(state?.limit ?? 0)}`);
