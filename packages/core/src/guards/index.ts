// The layer
export { guard, type GuardOptions } from './guard.js';
export { guardHook, type GuardHook } from './guard-hook.js';
export type { AfterVerdict, AskAgain, BeforeVerdict, Denied } from './verdict.js';

// Redaction
export { redact, type RedactOptions } from './redact.js';
export { secrets } from './secrets.js';
export { pii, type PiiKind } from './pii.js';
export { words } from './words.js';
export {
  patternDetector,
  type Detector,
  type Found,
  type PatternDetectorOptions,
} from './detector.js';
export { redactText, Redactor, type Replace, type TextFilter } from './redactor.js';

// Sizes, schemas, tools
export { caps, type CapsOptions } from './caps.js';
export { outputSchema } from './output-schema.js';
export { declaredTools } from './declared-tools.js';
