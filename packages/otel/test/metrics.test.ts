import { metrics } from '@inferway/otel';
import { expect, test } from 'vitest';
import { openTelemetry3 } from './sdk-3.js';
import { metricsSuite } from './suite/metrics-suite.js';

metricsSuite('API 1.10 and SDK 3', openTelemetry3);

test('wrong options are told when the chain is built', () => {
  expect(() => metrics({ maxModels: 1.5 })).toThrow('maxModels is 1.5');
  expect(() => metrics({ servers: { a: 'api.openai.com' } })).toThrow('server of "a"');
});
