import { InferwayError } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseTarget,
  mergeServing,
  readHubListing,
  readHubModel,
  readPartnerListing,
  readRouterListing,
  readRouting,
  writeRouting,
  type MappingEntry,
} from '../src/index.js';

const entry = (provider: string, task: string, more: Partial<MappingEntry> = {}): MappingEntry => ({
  provider,
  status: 'live',
  providerId: `${provider}-id`,
  task,
  adapter: undefined,
  adapterWeightsPath: undefined,
  ...more,
});
const everybody = { serves: () => true, runsPipelines: (name: string) => name === 'hf-inference' };

describe('listings of the Hub', () => {
  it('take whatever comes, and skip what they do not know', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        readRouterListing(body, 'hub');
        readHubModel(body, 'hub');
        readHubModel({ id: 'org/name', inferenceProviderMapping: body }, 'hub');
        readHubListing([body], 'hub');
        readPartnerListing(body, 'hub', 'groq');
      }),
    );
  });

  it('read a mapping the same as a record and as a list', () => {
    const told = { status: 'live', providerId: 'x', task: 'text-to-image', adapter: 'lora' };
    const record = readHubModel({ id: 'a/b', inferenceProviderMapping: { fal: told } }, 'hub');
    const list = readHubModel(
      { id: 'a/b', inferenceProviderMapping: [{ provider: 'fal', ...told }] },
      'hub',
    );
    expect(list).toEqual(record);
    expect(record?.mapping).toMatchObject([{ provider: 'fal', adapter: 'lora' }]);
    expect(record?.info.operations).toEqual(['image', 'task']);
  });

  it('read a partner’s models by task', () => {
    const body = {
      conversational: { 'org/a': { status: 'live', providerId: 'a' } },
      'fill-mask': { 'org/b': { providerId: 'b' } },
      'a task of next year': { 'org/c': { status: 'live' } },
    };
    expect(
      readPartnerListing(body, 'hub', 'groq').map(({ id, operations }) => [id, operations]),
    ).toEqual([
      ['org/a', ['chat']],
      ['org/b', ['task']],
      ['org/c', undefined],
    ]);
  });

  it('are merged by provider, the router’s figures and the Hub’s names', () => {
    const router = [{ provider: 'a', status: 'live', ttftMs: 5 }] as const;
    const hub = [
      { provider: 'b', status: 'live', providerModelId: 'B' },
      { provider: 'a', status: 'staging', providerModelId: 'A' },
    ] as const;
    expect(mergeServing(router, hub)).toEqual([
      { provider: 'a', status: 'live', ttftMs: 5, providerModelId: 'A' },
      { provider: 'b', status: 'live', providerModelId: 'B' },
    ]);
  });
});

describe('the choice of a provider', () => {
  const mapping = [
    entry('unheard-of', 'text-to-image'),
    entry('down', 'text-to-image', { status: 'error' }),
    entry('other', 'text-to-speech'),
    entry('right', 'text-to-image'),
    entry('next', 'text-to-image'),
  ];

  it('is the first that is live, known and of the task, or the one that is named', () => {
    const known = { ...everybody, serves: (name: string) => name !== 'unheard-of' };
    const choose = (named?: string) => chooseTarget('a/b', 'text-to-image', named, mapping, known);
    expect(choose()).toMatchObject({ partner: 'right', id: 'right-id' });
    expect(choose('next').partner).toBe('next');
    expect(choose('down').partner).toBe('down');
    expect(() => choose('other')).toThrow(InferwayError);
  });

  it('knows that hf-inference has likeness and features in one model', () => {
    const both = [entry('hf-inference', 'sentence-similarity', { providerId: undefined })];
    const target = chooseTarget('a/b', 'feature-extraction', undefined, both, everybody);
    expect(target).toMatchObject({ partner: 'hf-inference', id: 'a/b' });
  });

  it('says who serves what where nobody fits', () => {
    expect(() => chooseTarget('a/b', 'fill-mask', undefined, mapping, everybody)).toThrow(
      /other \(text-to-speech, live\)/u,
    );
    expect(() => chooseTarget('a/b', 'fill-mask', undefined, [], everybody)).toThrow(/nobody/u);
  });
});

it('a suffix that is written is read again, and a colon of the organization is none', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/u);
  fc.assert(
    fc.property(word, word, fc.option(word, { nil: undefined }), (org, name, routing) => {
      const routed = { name: `${org}/${name}`, routing: routing === 'auto' ? undefined : routing };
      expect(readRouting(writeRouting(routed))).toEqual(routed);
    }),
  );
  expect(readRouting('a:b/c')).toEqual({ name: 'a:b/c', routing: undefined });
  expect(readRouting('a/b:auto')).toEqual({ name: 'a/b', routing: undefined });
});
