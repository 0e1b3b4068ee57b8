import type { Fields } from '../checks.js';

/** `stop`: one sequence or a list of them. */
export function decodeStop(fields: Fields): string[] | undefined {
  const stop = fields.value('stop');
  return typeof stop === 'string' ? [stop] : fields.strings('stop', 64);
}
