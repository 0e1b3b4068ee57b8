import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatUsd } from '@inferway/core';
import type { BillEntry, RequestRecord } from '@inferway/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAbilities } from '../run/operations-table.js';
import { missingKeys, startWorld, type World } from '../run/world.js';
import { readPage } from './pages.js';
import { runExample } from './run-example.js';
import { fencedBlocks } from './snippets/fenced-block.js';
import { workspace } from './workspace.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.simulator.requests.clear();
  world.simulator.bill.clear();
});

const source = (path: string): string =>
  readFileSync(join(workspace, 'apps/examples', path), 'utf8');
const codeLines = (text: string): number =>
  text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length;
const requests = (): RequestRecord[] => world.simulator.requests.toArray();
const bill = (): BillEntry[] => world.simulator.bill.entries.toArray();

describe('an example', () => {
  it('talks to the provider whose key is set, and to the simulator in place of the others', () => {
    const given = { OPENAI_API_KEY: 'sk-mine', ANTHROPIC_API_KEY: '' };
    expect(missingKeys(given)).toEqual(missingKeys({}).filter((key) => key !== 'OPENAI_API_KEY'));
    expect(missingKeys(given)).toContain('ANTHROPIC_API_KEY');
    const { baseUrls } = world.simulator;
    const environment = world.environment(given);
    expect(environment).toMatchObject({
      OPENAI_API_KEY: 'sk-mine',
      ANTHROPIC_BASE_URL: baseUrls.anthropic,
      HF_BASE_URL: baseUrls.huggingface,
    });
    expect(environment).not.toHaveProperty('OPENAI_BASE_URL');
  });
});

describe('six-lines', () => {
  it('prints the answer and the usage that the provider counted', async () => {
    const { code, stdout, stderr } = await runExample(world, 'six-lines');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(requests()).toMatchObject([{ protocol: 'openai', model: 'gpt-5-mini', stream: false }]);
    const [entry] = bill();
    expect(stdout).toContain('sky');
    expect(stdout).toContain(`inputTokens: ${entry?.usage.inputTokens}`);
    expect(stdout).toContain(`outputTokens: ${entry?.usage.outputTokens}`);
  });

  it('is six lines of code, and the first program of the README', () => {
    const program = source('six-lines/main.ts');
    expect(codeLines(program)).toBe(6);
    const first = fencedBlocks(readPage('README.md').text).find(({ info }) => info === 'ts');
    expect(`${first?.text}\n`).toBe(program);
  });
});

describe('tools-and-structured-output', () => {
  it('runs what the model asks for, feeds it back, and ends with a value that fits the schema', async () => {
    const { code, stdout, stderr } = await runExample(world, 'tools-and-structured-output');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

    const bodies = requests().map(({ body }) => body as ResponsesBody);
    expect(requests().map(({ stream }) => stream)).toEqual([true, true, false]);
    const [asked, told, structured] = bodies;
    // Two calls of one answer, both run, both results in the next request under the ids of their calls.
    const items = (type: string): readonly Item[] =>
      told?.input.filter((item) => item.type === type) ?? [];
    const calls = items('function_call');
    expect(calls).toHaveLength(2);
    expect(items('function_call_output').map(({ call_id: id }) => id)).toEqual(
      calls.map(({ call_id: id }) => id),
    );
    for (const call of calls) {
      const { city } = JSON.parse(call.arguments ?? '') as { city: string };
      expect(stdout).toContain(`get_weather(${city}) -> `);
    }
    expect(stdout.match(/the model asks for get_weather/gu)).toHaveLength(2);
    expect(asked?.tools?.[0]?.parameters).toMatchObject({ required: ['city'] });

    expect(structured?.text?.format.type).toBe('json_schema');
    const report = /^report: (?<city>\w+) at (?<celsius>-?\d+) °C$/mu.exec(stdout);
    expect(['Paris', 'Rome', 'Oslo']).toContain(report?.groups?.['city']);
    expect(Number(report?.groups?.['celsius'])).not.toBeNaN();
    const last = bill().at(-1);
    expect(stdout).toContain(
      `tokens: ${last?.usage.inputTokens} in, ${last?.usage.outputTokens} out`,
    );
  });
});

interface Item {
  readonly type?: string;
  readonly call_id?: string;
  readonly arguments?: string;
}

interface ResponsesBody {
  readonly input: readonly Item[];
  readonly tools?: readonly { readonly parameters: object }[];
  readonly text?: { readonly format: { readonly type: string } };
}

describe('fallback', () => {
  it('shows one clean answer, the attempts it took, and what the provider that answered charges', async () => {
    const { code, stdout, stderr } = await runExample(world, 'fallback');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(requests().map(({ protocol, status }) => [protocol, status])).toEqual([
      ['openai', 503],
      ['openai', 503],
      ['anthropic', 200],
    ]);
    const [answer = '', ...rest] = stdout.split('\n\n');
    expect(answer.split('.').length - 1).toBe(2);
    const entries = bill();
    expect(entries).toHaveLength(1);
    expect(rest.join('\n\n').trim().split('\n')).toEqual([
      'attempt 1: openai/gpt-5-mini:fault-overloaded: overloaded',
      'attempt 2: openai/gpt-5-mini:fault-overloaded: overloaded',
      'attempt 3: anthropic/claude-sonnet-4-6: answered',
      `cost: ${formatUsd(entries[0]?.cost ?? -1)}`,
    ]);
  });
});

describe('custom-middleware', () => {
  it('logs each call as the provider saw it: whole, streamed, and left by its reader', async () => {
    const { code, stdout, stderr } = await runExample(world, 'custom-middleware');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trim().split('\n');
    const [whole, streamed] = bill();
    const told = (entry: BillEntry | undefined): string =>
      `tokens ${entry?.usage.inputTokens} in, ${entry?.usage.outputTokens} out | cost ${formatUsd(entry?.cost ?? -1)} (price)`;
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe(`openai/gpt-5-mini complete | ttft not streamed | ${told(whole)}`);
    expect(lines[1]).toMatch(/^openai\/gpt-5-mini complete \| ttft \d+ ms \| /u);
    expect(lines[1]).toContain(told(streamed));
    expect(lines[2]).toMatch(/^openai\/gpt-5-mini cancelled \| ttft \d+ ms \| /u);
    expect(requests().map(({ outcome }) => outcome)).toEqual(['complete', 'complete', 'cancelled']);
  });

  it('has a middleware of at most 25 lines', () => {
    expect(source('custom-middleware/log-calls.ts').trim().split('\n').length).toBeLessThanOrEqual(
      25,
    );
  });
});

describe('swap-provider', () => {
  it('reaches three protocols with one call, by the name of the model alone', async () => {
    const { code, stdout, stderr } = await runExample(world, 'swap-provider');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(requests().map(({ protocol, model }) => [protocol, model])).toEqual([
      ['openai', 'gpt-5-mini'],
      ['anthropic', 'claude-sonnet-4-6'],
      ['huggingface', 'openai/gpt-oss-120b'],
    ]);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(3);
    for (const [index, entry] of bill().entries()) {
      expect(entry.status).toBe('complete');
      expect(lines[index]).toMatch(/\(served by [\w-]+\): .*colour/iu);
    }
  });
});

describe('every-provider', () => {
  it('calls each operation of each provider that has a package', { timeout: 30_000 }, async () => {
    const { code, stdout, stderr } = await runExample(world, 'every-provider');
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => line.includes(': failed ('))).toEqual([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const abilities = await readAbilities(workspace);
    const expected = abilities
      // One that is named by its user: the others speak for it.
      .filter(({ folder }) => folder !== 'openai-compatible')
      .flatMap(({ folder, operations }) =>
        [...operations].map((operation) => `${operation} ${folder}`),
      );
    expect(expected.length).toBeGreaterThan(50);
    expect(lines.map((line) => line.slice(0, line.indexOf('/'))).toSorted()).toEqual(
      expected.toSorted(),
    );
  });
});
