/** A span processor of either generation that counts the spans that begin. */
export interface StartCounter {
  started: number;
  onStart(): void;
  onEnd(): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export function startCounter(): StartCounter {
  const counter: StartCounter = {
    started: 0,
    onStart() {
      counter.started++;
    },
    onEnd() {},
    async forceFlush() {},
    async shutdown() {},
  };
  return counter;
}
