import * as api from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { traceSuite } from '../test/suite/trace-suite.js';
import { openTelemetry2 } from './sdk-2.js';

test('the API of this run is the older one', () => {
  expect(api).not.toHaveProperty('logs');
});

traceSuite('API 1.9 and SDK 2', openTelemetry2);
