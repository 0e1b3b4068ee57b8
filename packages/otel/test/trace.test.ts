import { openTelemetry3 } from './sdk-3.js';
import { traceSuite } from './suite/trace-suite.js';

traceSuite('API 1.10 and SDK 3', openTelemetry3);
