import type { CallRun } from './call-run.js';

const running = new Map<string, CallRun>();

/** Makes a call that runs known by its id, so that calls that join it can point to it. Gives what ends that. */
export function register(id: string, run: CallRun): () => void {
  running.set(id, run);
  return () => {
    if (running.get(id) === run) running.delete(id);
  };
}

/** The call of that id, as long as it runs. */
export function runningCall(id: string): CallRun | undefined {
  return running.get(id);
}
