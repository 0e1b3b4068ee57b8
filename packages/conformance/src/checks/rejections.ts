import { AssertionError } from 'node:assert';

/** Runs `work`, and fails where a promise was rejected meanwhile that nobody listened to. */
export async function rejectionsDuring(work: () => Promise<void>): Promise<void> {
  const unheard: unknown[] = [];
  const listener = (reason: unknown): void => {
    unheard.push(reason);
  };
  process.on('unhandledRejection', listener);
  try {
    await work();
    // Node tells of them after the promise jobs.
    await new Promise((resolve) => setTimeout(resolve, 1));
  } finally {
    process.off('unhandledRejection', listener);
  }
  if (unheard.length > 0) {
    throw new AssertionError({
      message: `${unheard.length} rejections that nobody handles: ${String(unheard[0])}`,
    });
  }
}
