import { testMiddleware } from '@inferway/conformance';
import { afterAll, describe, it } from 'vitest';
import { metrics, trace } from '../src/index.js';
import { openTelemetry3 } from './sdk-3.js';

const telemetry = openTelemetry3();
afterAll(() => telemetry.close());

const runner = { describe, it };
testMiddleware(() => trace(), { name: 'trace', runner });
testMiddleware(() => trace({ captureContent: true }), { name: 'trace with content', runner });
testMiddleware(() => metrics(), { name: 'metrics', runner });
