import { openTelemetry3 } from './sdk-3.js';
import { randomSuite } from './suite/random-suite.js';

randomSuite('API 1.10 and SDK 3', openTelemetry3);
