import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as middleware from '@inferway/core/middleware';
import * as caching from '@inferway/core/caching';
import * as guards from '@inferway/core/guards';
import * as idempotency from '@inferway/core/idempotency';
import * as limits from '@inferway/core/limits';
import * as resilience from '@inferway/core/resilience';
import * as routing from '@inferway/core/routing';
import * as semantic from '@inferway/core/semantic';
import * as spending from '@inferway/core/spending';
import { describe, expect, it } from 'vitest';
import { numberOf, numbersByDefault } from './declared-defaults.js';
import { declaredEvents, membersOf } from './declared-members.js';
import { readPage } from './pages.js';
import { workspace } from './workspace.js';

const FOLDER = 'docs/middleware';
const SECTIONS = ['What it promises', 'Options', 'Its place', 'When it fails', 'Events'];
const ENTRIES: Readonly<Record<string, object>> = {
  '@inferway/core/middleware': middleware,
  '@inferway/core/caching': caching,
  '@inferway/core/guards': guards,
  '@inferway/core/idempotency': idempotency,
  '@inferway/core/limits': limits,
  '@inferway/core/resilience': resilience,
  '@inferway/core/routing': routing,
  '@inferway/core/semantic': semantic,
  '@inferway/core/spending': spending,
};

/** The options that each page has to tell: interfaces, with those that they extend. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'adaptive-concurrency': ['AdaptiveConcurrencyOptions'],
  auth: ['PoolOptions', 'RefreshingOptions'],
  budget: [
    'BudgetOptions',
    'BudgetRule',
    'AlertOptions',
    'SpikeOptions',
    'WebhookOptions',
    'GuardQuotaOptions',
  ],
  cache: ['CacheOptions'],
  'circuit-breaker': ['CircuitBreakerOptions'],
  coalesce: ['CoalesceOptions'],
  cost: ['CostOptions'],
  fallback: ['FallbackOptions'],
  guard: ['GuardOptions', 'CapsOptions', 'RedactOptions'],
  hedge: ['HedgeOptions', 'LearnedDelay'],
  idempotency: ['IdempotencyOptions', 'MemoryIdempotencyOptions'],
  'learn-limits': ['LearnLimitsOptions'],
  ledger: ['LedgerOptions', 'LedgerCloseOptions', 'SpoolOptions'],
  limit: ['LimitOptions', 'LimitRule', 'QueueOptions'],
  monitor: ['MonitorOptions'],
  'prompt-cache': ['PromptCacheOptions', 'PromptCacheRule'],
  resume: ['ResumeOptions'],
  retry: ['RetryOptions'],
  route: [
    'RouterOptions',
    'RouteOptions',
    'AutoOptions',
    'StickyOptions',
    'FastestOptions',
    'LeastLoadedOptions',
    'CascadeOptions',
    'MemorySpeedsOptions',
  ],
  'semantic-cache': ['SemanticCacheOptions'],
  standard: ['StandardOptions'],
  timeout: ['TimeoutOptions'],
};

const names = globSync('*.md', { cwd: join(workspace, FOLDER) })
  .map((file) => basename(file, '.md'))
  .filter((name) => name !== 'README')
  .sort();
const textOf = (name: string): string => readPage(`${FOLDER}/${name}.md`).text;

describe('the pages of middleware', () => {
  it.each(Object.entries(OPTIONS))(
    '%s: tells every option, and none that is not there',
    (name, interfaces) => {
      const members = interfaces.flatMap((declared) => [...membersOf(declared)]);
      const text = textOf(name);
      const code = [...text.matchAll(/`[^`\n]+`/gu)].join(' ');
      expect(members.filter((member) => !new RegExp(`\\b${member}\\b`, 'u').test(code))).toEqual(
        [],
      );
      expect(tabled(text).filter((option) => !members.includes(option))).toEqual([]);
    },
  );

  it('give the defaults that the code gives', () => {
    let compared = 0;
    const wrong = Object.entries(OPTIONS).flatMap(([name, interfaces]) => {
      const known = interfaces.flatMap((declared) => numbersByDefault(declared));
      return tables(textOf(name)).flatMap(([first = '', second = '']) => {
        const options = [...first.matchAll(/`(?:\w+\.)?(?<option>\w+)`/gu)].map(
          ({ groups }) => groups?.['option'] ?? '',
        );
        const given = second.split(/, (?=[\d`])/u);
        if (options.length !== given.length) return [];
        return options.flatMap((option, index) => {
          const told = /^(?<number>\d[\d,]*(?:\.\d+)?)/u.exec(given[index] ?? '')?.groups?.[
            'number'
          ];
          const numbers = known.filter(([member]) => member === option).map(([, number]) => number);
          if (told === undefined || numbers.length === 0) return [];
          compared++;
          return numbers.includes(numberOf(told))
            ? []
            : [`${name}: ${option} is ${numbers.join(' or ')}`];
        });
      });
    });
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(40);
  });

  it.each(Object.keys(OPTIONS))('%s: has the same sections as the others', (name) => {
    const headings = [...textOf(name).matchAll(/^## (?<title>.+)$/gmu)].map(
      ({ groups }) => groups?.['title'],
    );
    expect(headings).toEqual(expect.arrayContaining(SECTIONS));
    expect(textOf(name)).toContain('```ts\n');
  });

  it('are there for every layer and in the contents, beside one that has a build of its own', () => {
    expect(names.filter((name) => name !== 'trace-and-metrics')).toEqual(
      Object.keys(OPTIONS).sort(),
    );
    const contents = readPage(`${FOLDER}/README.md`).text;
    expect(names.filter((name) => !contents.includes(`(${name}.md)`))).toEqual([]);
  });

  it('are listed with an entry that exports the layer, and a place that exists', () => {
    const places = membersOf('StandardOptions');
    const rows = [
      ...readPage(`${FOLDER}/README.md`).text.matchAll(
        /^\| \[`(?<layer>\w+)`\]\([\w-]+\.md\) \|[^|]+\| `(?<entry>@inferway\/core[^`]+)` \| `(?<place>\w+)` \| (?<byDefault>on|off) \|$/gmu,
      ),
    ].map(({ groups }) => ({ ...groups }));
    expect(rows.length).toBeGreaterThan(20);
    for (const { layer = '', entry = '', place = '' } of rows) {
      expect(ENTRIES[entry], entry).toHaveProperty(layer);
      expect(places).toContain(place);
    }
    const built = new Set(middleware.standard().map(({ name }) => name));
    expect(rows.filter(({ byDefault }) => byDefault === 'on').map(({ layer }) => layer)).toEqual([
      ...built,
    ]);
  });

  it('draw the canonical order as the code has it', () => {
    const drawn = /```text\n(?<order>outer → [^`]+)```/u.exec(readPage(`${FOLDER}/README.md`).text);
    const order = (drawn?.groups?.['order'] ?? '').split('→').map((place) => place.trim());
    expect(order).toEqual([...membersOf('StandardOptions'), 'provider']);
  });

  it('tell every event with all of its members on one page', () => {
    const events = declaredEvents();
    expect(events.size).toBeGreaterThan(20);
    const told = names.map((name) => [...textOf(name).matchAll(/`[^`\n]+`/gu)].join(' '));
    const untold = [...events].flatMap(([type, members]) => {
      const left = told
        .filter((code) => code.includes(`\`${type}\``))
        .map((code) => members.filter((member) => !new RegExp(`\\b${member}\\b`, 'u').test(code)))
        .sort((a, b) => a.length - b.length)[0];
      return left === undefined
        ? [`${type}: on no page`]
        : left.map((member) => `${type}: ${member}`);
    });
    expect(untold).toEqual([]);
  });
});

describe('the pages of stores', () => {
  it.each([
    ['redis', 'RedisStoresOptions'],
    ['postgres', 'PostgresOptions'],
    ['sqlite', 'SqliteCacheOptions'],
  ])('%s: tells every option, and none that is not there', (name, declared) => {
    const { text } = readPage(`packages/stores/${name}/README.md`);
    expect(tabled(text).toSorted()).toEqual([...membersOf(declared)].toSorted());
  });
});

describe("core's page", () => {
  it('lists every entry', () => {
    const { exports } = JSON.parse(readPage('packages/core/package.json').text) as {
      exports: object;
    };
    const listed = [
      ...readPage('packages/core/README.md').text.matchAll(
        /^\| `(?<entry>@inferway\/core[^`]*)`/gmu,
      ),
    ].map(({ groups }) => groups?.['entry']?.replace('@inferway/core', '.') ?? '');
    expect(listed.toSorted()).toEqual(Object.keys(exports).toSorted());
  });
});

/** The options that a page's tables name. */
function tabled(text: string): string[] {
  return tables(text)
    .flatMap(([first = '']) => [...first.matchAll(/`(?<option>[\w.]+)`/gu)])
    .map(({ groups }) => groups?.['option']?.split('.').at(-1) ?? '');
}

/** The rows of a page's tables of options, cell by cell: those whose first column is headed "option". */
function tables(text: string): string[][] {
  return [...text.matchAll(/^\| option[^\n]*\n\|[ |-]+\n(?<rows>(?:\|[^\n]*\n)+)/gmu)]
    .flatMap(({ groups }) => (groups?.['rows'] ?? '').trim().split('\n'))
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
