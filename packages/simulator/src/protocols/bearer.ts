import type { IncomingHttpHeaders } from 'node:http';

/** The key of an `Authorization: Bearer` header. */
export function bearer(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer\s+(\S.*)$/iu.exec(headers.authorization ?? '')?.[1]?.trim();
}
