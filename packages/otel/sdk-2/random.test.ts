import { randomSuite } from '../test/suite/random-suite.js';
import { openTelemetry2 } from './sdk-2.js';

randomSuite('API 1.9 and SDK 2', openTelemetry2);
