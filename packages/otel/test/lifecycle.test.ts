import { openTelemetry3 } from './sdk-3.js';
import { lifecycleSuite } from './suite/lifecycle-suite.js';

lifecycleSuite('API 1.10 and SDK 3', openTelemetry3);
