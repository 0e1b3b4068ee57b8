export { percentile, spread, type Spread } from './statistics.js';
export { behaviourOf, modelName, type Behaviour } from './upstream/model-name.js';
export { streamPieces, UNARY_BODY } from './upstream/bodies.js';
export { report, type Results } from './report.js';
