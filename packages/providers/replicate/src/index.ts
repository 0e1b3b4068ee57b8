export {
  createReplicate,
  type InputOrigin,
  type ReplicateOptions,
  type ReplicateProviderOptions,
} from './replicate.js';

// Predictions of any model
export type {
  PredictionEvent,
  PredictionInput,
  PredictionOutput,
  PredictionRequest,
  PredictionResult,
} from './model-output.js';
export type { Prediction, PredictionStatus } from './prediction.js';

// Webhooks
export { verifyWebhook, type PredictionWebhook } from './prediction-stream.js';
export type { WebhookEvent } from './prediction.js';
