import { metricsSuite } from '../test/suite/metrics-suite.js';
import { openTelemetry2 } from './sdk-2.js';

metricsSuite('API 1.9 and SDK 2', openTelemetry2);
