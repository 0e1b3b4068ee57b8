import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const workspace: string = fileURLToPath(new URL('../../..', import.meta.url)).replace(
  /\/$/u,
  '',
);
