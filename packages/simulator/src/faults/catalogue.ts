import { BODY_FAULTS } from './body-faults.js';
import type { Fault } from './fault.js';
import { JOB_FAULTS } from './job-faults.js';
import { STATUS_FAULTS } from './status-faults.js';
import { STREAM_FAULTS } from './stream-faults.js';
import { TEXT_FAULTS } from './text-faults.js';

/** All faults that a simulator can be asked for. */
export const FAULTS: readonly Fault[] = [
  ...STREAM_FAULTS,
  ...BODY_FAULTS,
  ...TEXT_FAULTS,
  ...STATUS_FAULTS,
  ...JOB_FAULTS,
].sort((one, two) => (one.id < two.id ? -1 : 1));
