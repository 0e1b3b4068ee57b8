import { lifecycleSuite } from '../test/suite/lifecycle-suite.js';
import { openTelemetry2 } from './sdk-2.js';

lifecycleSuite('API 1.9 and SDK 2', openTelemetry2);
