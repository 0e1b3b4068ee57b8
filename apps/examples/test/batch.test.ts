import { formatUsd } from '@inferway/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../run/world.js';
import { runExample } from './run-example.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('batch', () => {
  it('prints every answer and what the provider billed for them, then runs the same itself', async () => {
    const { code, stdout, stderr } = await runExample(world, 'batch');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^openai\/batch_\w+: pending\ncompleted, 3 of 3\n/u);
    for (const city of ['Paris', 'Rome', 'Oslo']) {
      expect(stdout).toMatch(new RegExp(`^${city}: Simulated .*${city}`, 'mu'));
    }
    const { simulator } = world;
    const paths = simulator.requests.toArray().map(({ path }) => path);
    expect(paths.filter((path) => path === '/openai/v1/batches')).toHaveLength(1);
    const entries = simulator.bill.entries.toArray();
    expect(entries).toHaveLength(6);
    const batched = entries.slice(0, 3).reduce((sum, entry) => sum + entry.cost, 0);
    const single = entries.slice(3).reduce((sum, entry) => sum + entry.cost, 0);
    expect(stdout).toContain(`cost: ${formatUsd(batched)}\n`);
    expect(Math.abs(single - 2 * batched)).toBeLessThan(10);
    expect(stdout.endsWith('run by the client: completed, 3 of 3\n')).toBe(true);
  });
});
