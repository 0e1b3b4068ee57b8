import { layersSuite } from '../test/suite/layers-suite.js';
import { openTelemetry2 } from './sdk-2.js';

layersSuite('API 1.9 and SDK 2', openTelemetry2);
