import { startUpstream } from './server.js';

/** Runs the upstream in this process and tells its parent where it is. */
export async function runUpstream(): Promise<void> {
  const url = await startUpstream();
  process.send?.(url);
}
