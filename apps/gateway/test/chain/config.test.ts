import { InferwayError } from '@inferway/core';
import { expect, test } from 'vitest';
import type { ConfigInput } from '../../src/config/config.js';
import { startStack } from '../support/start-stack.js';

const ENVIRONMENT = { KEY_A: 'iw_key-of-a', SECRET: 'not-base64', REDIS: 'redis://127.0.0.1:9' };
const KEY = { id: 'a', key: '${KEY_A}' };

// What is wrong, where the message must say that it is, and the cure that it must name.
const REFUSED: readonly (readonly [string, object, string, string])[] = [
  ['an unknown setting', { callerLimit: {} }, 'the file', '"callerLimit"'],
  ['an unknown setting deep inside', { breaker: { openMS: 1 } }, 'breaker', '"openMS"'],
  [
    'a negative limit',
    { callerLimits: { rules: [{ windowMs: 1000, requests: -1 }] } },
    'callerLimits.rules[0].requests',
    '>0',
  ],
  [
    'a limit of nothing',
    { callerLimits: { rules: [{ windowMs: 1000 }] } },
    'callerLimits.rules[0].windowMs',
    'Leave it out',
  ],
  [
    'a limit without its time',
    { callerLimits: { rules: [{ requests: 1 }] } },
    'callerLimits.rules[0].windowMs',
    'Give whole milliseconds',
  ],
  [
    'two rules of one name',
    {
      callerLimits: {
        rules: [
          { windowMs: 1000, requests: 1 },
          { windowMs: 1000, totalTokens: 5000 },
        ],
      },
    },
    'callerLimits.rules',
    'Give each a "name"',
  ],
  [
    '"only" of what is for all',
    { callerLimits: { rules: [{ windowMs: 1000, requests: 1, only: ['x'] }] } },
    'callerLimits.rules[0].only',
    'leave "only" out',
  ],
  [
    'a limit of a key that cannot work',
    { keys: [{ ...KEY, limits: { requests: 1 } }] },
    'keys[0].limits.windowMs',
    'Give whole milliseconds',
  ],
  [
    'a scope that is none',
    { targetLimits: { rules: [{ per: 'user', windowMs: 1000, requests: 1 }] } },
    'targetLimits.rules[0].per',
    'Invalid',
  ],
  [
    'a budget below 0',
    { keys: [{ ...KEY, budget: { usd: -1, period: 'day' } }] },
    'keys[0].budget.usd',
    '>=0',
  ],
  ['budgets that are none', { budgets: {} }, 'budgets', 'Give at least one'],
  [
    'an unknown price of nothing',
    {
      budgets: {
        rules: [{ name: 'all', usd: 1, period: 'day' }],
        unknownPrice: { input: 0, output: 0 },
      },
    },
    'budgets.unknownPrice',
    'Give dollars',
  ],
  [
    'a secret of a webhook that is none',
    {
      budgets: {
        rules: [{ name: 'all', usd: 1, period: 'day' }],
        alerts: { webhook: { url: 'https://example.com', secret: '${SECRET}' } },
      },
    },
    'budgets.alerts.webhook.secret',
    'Make one',
  ],
  ['a ledger nowhere', { ledger: { spool: 'x' } }, 'ledger', 'Give one of sqlite, postgres'],
  ['a ledger in two places', { ledger: { sqlite: 'x', memory: true } }, 'ledger', 'Give one of'],
  [
    'stores without a number of processes',
    { stores: { redis: '${REDIS}' } },
    'stores.processes',
    'Say how many',
  ],
  [
    'a URL in the file',
    { stores: { redis: 'redis://x', processes: 1 } },
    'stores.redis',
    'environment variable',
  ],
  [
    'a store whose variable is not set',
    { stores: { redis: '${NOT_SET}', processes: 1 } },
    'stores.redis',
    'NOT_SET',
  ],
  [
    'a breaker that never opens',
    { breaker: { windowCalls: 2, minCalls: 5 } },
    'breaker.minCalls',
    'Lower minCalls',
  ],
  ['a hedge of one', { hedge: { attempts: 1 } }, 'hedge.attempts', 'Give 2 or more'],
  [
    'a hedge to nowhere',
    { hedge: { targets: ['nowhere/x'] } },
    'hedge',
    'There is no provider "nowhere"',
  ],
  [
    'to go on without models for it',
    { resume: { mode: 'continue' } },
    'resume.prefill',
    'Give prefill',
  ],
  [
    'routes in a circle',
    { routes: { one: { targets: ['route/two'] }, two: { targets: ['route/one'] } } },
    'routes.two.targets[0]',
    'one → two → one',
  ],
  [
    'a route to a provider that is not there',
    { routes: { one: { targets: ['openai/sim-chat', 'nowhere/x'] } } },
    'routes.one.targets[1]',
    '"nowhere"',
  ],
  [
    'a route to a model that is not there',
    { routes: { one: { targets: ['openai/sim-chat', 'openai/gpt-nonsense'] } } },
    'routes.one.targets[1]',
    'Correct the name',
  ],
  [
    'a route to a route that is not there',
    { routes: { one: { targets: ['route/x'] } } },
    'routes.one.targets[0]',
    'Known: one',
  ],
  [
    'a code that never leads on',
    { aliases: { a: ['openai/sim-chat', 'anthropic/sim-chat'] }, fallbackOn: ['aborted'] },
    'fallbackOn[0]',
    'not_found',
  ],
  [
    'a rule for fallbacks that there are none of',
    { aliases: { a: 'openai/sim-chat' }, fallbackOn: ['not_found'] },
    'fallbackOn',
    'Give an alias a list',
  ],
  ['an alias in a circle', { aliases: { a: 'b', b: ['a'] } }, 'aliases.a', 'Break the circle'],
  [
    'an alias for a route that is not there',
    { aliases: { a: 'route/x' }, routes: { one: { targets: ['openai/sim-chat'] } } },
    'aliases.a',
    'Add it under "routes"',
  ],
  [
    'a route among others in an alias',
    {
      aliases: { a: ['route/one', 'openai/sim-chat'] },
      routes: { one: { targets: ['openai/sim-chat'] } },
    },
    'aliases.a',
    'targets of a route',
  ],
  [
    'a provider by the name of routes',
    { providers: { auto: { baseUrl: 'http://127.0.0.1:9' } } },
    'providers.auto',
    'Choose another',
  ],
  [
    'tags of nobody',
    {
      routes: { one: { targets: ['openai/sim-chat'] } },
      modelTags: { 'nowhere/*': { region: 'eu' } },
    },
    'modelTags',
    '"nowhere"',
  ],
  [
    'a prompt cache of nobody',
    { promptCache: { nowhere: 'key' } },
    'promptCache',
    'There is no provider',
  ],
  [
    'a semantic cache without a provider',
    { semanticCache: { model: 'nowhere/x' } },
    'semanticCache.model',
    'There is no provider',
  ],
  [
    'guards that guard nothing',
    { guards: { redact: {} } },
    'guards.redact',
    'Say what to look for',
  ],
  ['a cap of nothing', { guards: { caps: {} } }, 'guards.caps', 'Give at least one'],
];

test.each(REFUSED)(
  '%s is refused at the start, with its place and the cure',
  async (_, config, place, cure) => {
    const reason = await startStack({}, config as ConfigInput, [], ENVIRONMENT).catch(
      (error: unknown) => error,
    );
    expect(InferwayError.is(reason) && reason.code).toBe('configuration');
    const { message } = reason as InferwayError;
    expect(message.replace(' asks for', ': asks for')).toContain(`${place}: `);
    expect(message).toContain(cure);
    for (const secret of Object.values(ENVIRONMENT)) expect(message).not.toContain(secret);
  },
);
