import { openTelemetry3 } from './sdk-3.js';
import { contentSuite } from './suite/content-suite.js';

contentSuite('API 1.10 and SDK 3', openTelemetry3);
