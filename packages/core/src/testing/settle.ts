/** Resolves once every promise job that is ready now, and every one that those start, has run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
