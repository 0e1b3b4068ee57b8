import type { Fault } from './fault.js';

/** Work that was accepted and fails later, in protocols that run it as a job. Elsewhere they do nothing. */
export const JOB_FAULTS: readonly Fault[] = [
  {
    id: 'job-content',
    title: 'The job refuses its input as unsafe',
    jobError: 'NSFW content detected. Try running it again, or try a different prompt.',
  },
  {
    id: 'job-failed',
    title: 'The job fails after two pieces with an error of the model’s own',
    after: 2,
    jobError: 'Simulated failure: the model raised an error.',
  },
  {
    id: 'job-interrupted',
    title: 'The job is interrupted by the platform and may be tried again',
    jobError: 'Prediction interrupted; please retry (code: PA)',
  },
  {
    id: 'job-memory',
    title: 'The job runs out of the accelerator’s memory',
    after: 1,
    jobError: 'CUDA out of memory. Tried to allocate 12.66 GiB (GPU 0; 39.59 GiB total capacity)',
  },
];
