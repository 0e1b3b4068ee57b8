import { redactionSuite } from '../test/suite/redaction-suite.js';
import { openTelemetry2 } from './sdk-2.js';

redactionSuite('API 1.9 and SDK 2', openTelemetry2);
