import { contentSuite } from '../test/suite/content-suite.js';
import { openTelemetry2 } from './sdk-2.js';

contentSuite('API 1.9 and SDK 2', openTelemetry2);
