import { createClient } from '@inferway/core';
import { cost, fallback, priceTable, retry, standard, timeout } from '@inferway/core/middleware';
import { budget, ledger } from '@inferway/core/spending';
import { memoryLedger, memoryQuota } from '@inferway/core/stores';
import { createOpenAICompatible } from '@inferway/openai-compatible';
import { createSimulator } from '@inferway/simulator';
import { describe, expect, onTestFinished, test } from 'vitest';
import { codeOf } from './rig.js';

// The simulator's own prices, under the names by which it is called here.
const prices = priceTable({
  'first/sim-chat': { input: 2.5, output: 10 },
  'second/sim-mini': { input: 0.15, output: 0.6 },
});

describe('what failed, retried and fallen back attempts cost (F62)', () => {
  test('each is a row at its own model’s price, and their sum is the provider’s bill to the nano-dollar (F62)', async () => {
    const simulator = createSimulator({ keep: 10_000 });
    await simulator.listen();
    const url = simulator.baseUrls.openai;
    const books = memoryLedger();
    const rows = ledger({ ledger: books, prices });
    const spend = budget({
      store: memoryQuota(),
      prices,
      budgets: [{ name: 'all', usd: 10, period: 'total' }],
    });
    const provider = <N extends string>(name: N) =>
      createOpenAICompatible({ name, baseUrl: url, apiKey: 'sk-test-0123456789' });
    const client = createClient({
      providers: [provider('first'), provider('second')],
      middleware: standard({
        ledger: rows,
        budget: spend,
        fallback: fallback('second/sim-mini'),
        retry: retry({ attempts: 2, baseMs: 1, maxMs: 2 }),
        cost: cost({ prices }),
        timeout: timeout({ connectMs: 1000 }),
      }),
    });
    onTestFinished(async () => {
      await rows.close();
      await client.close();
      await simulator.close();
    });
    // Refused attempts cost nothing; answers that are whole are billed by the provider and by us.
    simulator.faults.set('status-500', { probability: 0.4, model: 'sim-chat' });
    simulator.faults.set('status-503', { probability: 0.2, model: 'sim-mini' });
    const CALLS = 200;
    const codes: string[] = [];
    for (let call = 0; call < CALLS; call++) {
      const input = {
        model: 'first/sim-chat',
        messages: [{ role: 'user', content: `Question ${call}` }],
        maxOutputTokens: 20,
      } as const;
      codes.push(
        await codeOf(
          call % 2 === 0
            ? client.chat(input)
            : (
                await client.chat
                  .stream(input)
                  .catch((reason: unknown) => ({ result: Promise.reject(reason) }))
              ).result,
        ),
      );
    }
    await rows.flush();
    const sums = await books.sum({}, ['model', 'status']);
    const of = (model: string, status: string) =>
      sums.find(({ group }) => group.model === model && group.status === status);
    const billed = (model: string): number =>
      simulator.bill.entries
        .filter((entry) => entry.model === model)
        .reduce((sum, entry) => sum + entry.cost, 0);
    const [total] = await books.sum({});
    console.info(
      `F62: ${CALLS} calls, ${total?.attempts} attempts; sim-chat ${of('sim-chat', 'complete')?.cost} of ${billed('sim-chat')}, sim-mini ${of('sim-mini', 'complete')?.cost} of ${billed('sim-mini')} nano-dollars`,
    );
    expect(codes.filter((code) => code === 'ok').length).toBeGreaterThan(CALLS * 0.8);
    // Something failed, was retried and fell back, or nothing was shown.
    expect(of('sim-chat', 'failed')?.attempts).toBeGreaterThan(20);
    expect(of('sim-mini', 'complete')?.attempts).toBeGreaterThan(5);
    for (const model of ['sim-chat', 'sim-mini']) {
      expect(of(model, 'complete')?.cost).toBe(billed(model));
      expect(of(model, 'failed')?.cost).toBe(0);
    }
    expect(total?.cost).toBe(simulator.bill.total());
    expect((await spend.states())[0]).toMatchObject({ spent: simulator.bill.total(), reserved: 0 });
  });
});
