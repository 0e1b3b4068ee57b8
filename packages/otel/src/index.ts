export { metrics, type MetricsOptions } from './metrics.js';
export { trace } from './trace.js';
export type { TraceOptions } from './trace-options.js';
export { redactContent } from './redact-content.js';
export type { CapturedContent, ContentOptions } from './content-capture.js';
export type { ContentMessage, ContentPart } from './content-messages.js';
export type { OtelApi } from './otel-api.js';
export type { Profile } from './profile.js';
