import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

describe('the list of examples', () => {
  it('has every program that there is, once', () => {
    const programs = globSync('*/main.ts', { cwd: join(workspace, 'apps/examples') })
      .map((path) => dirname(path))
      .filter((name) => name !== 'run');
    const listed = [
      ...readPage('apps/examples/README.md').text.matchAll(/^\| \[(?<name>[\w-]+)\]/gmu),
    ];
    expect(listed.map(({ groups }) => groups?.['name']).toSorted()).toEqual(programs.toSorted());
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

describe('caching', () => {
  it('asks once what was asked before or means the same, and reads what it wrote of a prompt', async () => {
    const { code, stdout, stderr } = await runExample(world, 'caching');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const entries = bill();
    const [first, other, ...turns] = entries.filter(({ model }) => !model.startsWith('text-'));
    const paid = formatUsd(first?.cost ?? -1);
    const lines = stdout.trim().split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'What is the tallest mountain in Wales? asked, saved nothing',
      `What is the tallest mountain in Wales? exact hit, saved ${paid}`,
      `Please, what is the tallest mountain in Wales? semantic hit, saved ${paid}`,
      'Please, what is the tallest mountain in Kenya? asked, saved nothing',
    ]);
    expect(other?.model).toBe('gpt-5-mini');
    const [written, read] = turns.map(({ usage }) => usage);
    expect(written?.cacheWriteTokens).toBeGreaterThan(1024);
    expect(read?.cacheReadTokens).toBe(written?.cacheWriteTokens);
    expect(lines[4]).toBe('turn: 1 markers, 0 tokens read, saved $0');
    expect(lines[5]).toMatch(
      new RegExp(
        `^turn: 3 markers, ${read?.cacheReadTokens} tokens read, saved \\$0\\.0\\d+$`,
        'u',
      ),
    );
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

describe('budget', () => {
  it('spends no more than was said, and tells of it: what it counted is what the provider charges', async () => {
    const { code, stdout, stderr } = await runExample(world, 'budget');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const charged = bill().reduce((sum, { cost }) => sum + cost, 0);
    expect(charged).toBeLessThanOrEqual(1_000_000);
    expect(stdout).toContain(`spent: ${formatUsd(charged)} of $0.001`);
    expect(stdout).toContain('at once: 3 of 12 answered');
    for (const alert of ['refusal', '0.5']) {
      expect(stdout.split(`alert: ${alert} for ann`).length).toBe(2);
    }
  });
});

describe('production', () => {
  it(
    'answers while a provider is down, keeps to what was said, and its books are the bill',
    { timeout: 60_000 },
    async () => {
      const { code, stdout, stderr } = await runExample(world, 'production');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      // It has a simulator of its own, whatever keys there are.
      expect(requests()).toEqual([]);
      const after = (title: string): string[] =>
        stdout
          .slice(stdout.indexOf(`${title}:\n`))
          .split('\n')
          .slice(1, 6)
          .map((line) => line.trim());
      expect(stdout).toMatch(/^simulated: /u);
      expect(after('the same question twice at once')[0]).toBe('1 answered by openai, 1 shared');
      expect(after('once more, and four others')[0]).toBe('1 cached, 4 answered by openai');
      expect(after('the first provider is down')[0]).toContain('breaker state=open');
      expect(stdout).toContain('\n  12 answered by anthropic\n');
      expect(after('it is back').slice(1, 3)).toEqual([
        expect.stringContaining('breaker state=closed'),
        '3 answered by openai',
      ]);
      expect(stdout).toContain('the provider saw it: no');
      expect(after('a tenant with half a cent a day').slice(0, 2)).toEqual([
        'alert: small, 0.5',
        'alert: small, refusal',
      ]);
      expect(after('a tenant that asks 40 things at once')[0]).toBe(
        '25 answered by openai, 15 rate_limit',
      );
      const books =
        /together (?<paid>\$[\d.]+); the provider's bill says (?<billed>\$[\d.]+)/u.exec(
          stdout,
        )?.groups;
      expect(books?.['paid']).toBe(books?.['billed']);
      const small = /budget of small: \$(?<spent>[\d.]+) spent/u.exec(stdout)?.groups?.['spent'];
      expect(Number(small)).toBeGreaterThan(0.0025);
      expect(Number(small)).toBeLessThanOrEqual(0.005);
    },
  );
});

describe('load-test', () => {
  it(
    'carries what the provider grants, refuses the rest in time, and hides no late start',
    { timeout: 60_000 },
    async () => {
      // A rate that the provider carries whatever the machine does, and three times what it grants.
      const { code, stdout, stderr } = await runExample(world, 'load-test', ['60', '1']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^simulated: /u);
      const rows = stdout
        .split('\n')
        .filter((line) => /^ *\d/u.test(line))
        .map((line) => line.trim().split(/\s+/u).map(Number));
      expect(rows.map(([rate]) => rate)).toEqual([30, 60, 120, 180]);
      for (const [, sent = 0, answered = 0, refused = 0] of rows)
        expect(answered + refused).toBeCloseTo(sent, 5);
      const last = rows.at(-1) ?? [];
      expect(last[3]).toBeGreaterThan(0);
      expect(last[2]).toBeGreaterThan(0);
      expect(stdout).toMatch(/^breaking point: (?:30|60|120|180)\.0 calls a second, with /mu);
    },
  );
});
