/** A warning of the process, for the operator: what it says is on its standard error output unless somebody listens. */
export function warn(message: string, code: string): void {
  globalThis.process?.emitWarning(message, { code: `INFERWAY_${code}` });
}
