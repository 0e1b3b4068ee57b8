import type { SystemMessage } from '@inferway/core';

/** The role in which instructions are sent; `as-given` for servers that know both. */
export type SystemRole = 'system' | 'developer' | 'as-given';

export function systemRole(
  role: SystemMessage['role'],
  wanted: SystemRole = 'system',
): SystemMessage['role'] {
  return wanted === 'as-given' ? role : wanted;
}
