import { callerOf, type Call } from '@inferway/core';

/** Whose answers these are: nothing that a request says, only the key that it came with. */
export function tenantOf(call: Call): string | undefined {
  return callerOf(call.state).tenant;
}
