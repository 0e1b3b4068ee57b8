import { openTelemetry3 } from './sdk-3.js';
import { redactionSuite } from './suite/redaction-suite.js';

redactionSuite('API 1.10 and SDK 3', openTelemetry3);
