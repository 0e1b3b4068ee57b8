export { createSimulator, type BaseUrls, type Simulator } from './simulator.js';
export type { SimulatorOptions } from './simulator-options.js';
export { DEFAULT_MODELS, type SimulatedModel } from './models.js';

// Time and limits
export type { Pace } from './pace/pace.js';
export type { Distribution } from './pace/distribution.js';
export type { Limits, LimitName, LimitState } from './limits/rate-limiter.js';

// Faults
export { FAULTS } from './faults/catalogue.js';
export type { Fault, FaultContext } from './faults/fault.js';
export type { FaultControl, FaultRule } from './faults/fault-control.js';
export type { Act, Frame, FrameOrAct } from './http/frame.js';
export type { Problem, Voice } from './protocols/voice.js';
export { SIMULATED_HEADER, type HttpAnswer } from './http/exchange.js';

// What a test looks at
export type { Bill, BillEntry, BillStatus } from './bill/bill.js';
export { tenantOf } from './bill/tenant.js';
export type { ConnectionRecord, Connections, RequestRecord } from './http/request-record.js';
export type { Kept } from './kept.js';

// The simulated model's own parts, for tests that predict it
export { countTokens, tokenize } from './text/tokenizer.js';
