import { InferwayError } from '@inferway/core';

// Lenient on purpose: curl writes the form type by default, and many a script none at all.
const TAKEN =
  /^\s*(?:application\/(?:[\w.+-]*json|x-www-form-urlencoded)|text\/(?:json|plain))\s*(?:;|$)/iu;

/** @throws {InferwayError} `invalid_request` (415) for a type that cannot be JSON. */
export function checkContentType(type: string | undefined): void {
  if (type === undefined || type === 'application/json' || type === '' || TAKEN.test(type)) return;
  throw new InferwayError('invalid_request', {
    message: 'This route takes a JSON body. Send it with "content-type: application/json".',
    status: 415,
  });
}

/** True for a form with files in it. */
export function isForm(type: string | undefined): boolean {
  return type !== undefined && /^\s*multipart\/form-data\s*;/iu.test(type);
}
