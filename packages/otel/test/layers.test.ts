import { openTelemetry3 } from './sdk-3.js';
import { layersSuite } from './suite/layers-suite.js';

layersSuite('API 1.10 and SDK 3', openTelemetry3);
