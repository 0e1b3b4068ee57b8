import type { FileData } from '../files/file-data.js';
import { readFile } from '../files/read-file.js';
import type { OperationTraits, Prepared } from '../traits.js';
import { readTogether } from './file-fields.js';
import type { RawInput, RawRequest } from './raw.js';

/** How the input of a raw call becomes a request. */
export const rawTraits: OperationTraits<'raw'> = {
  // A state that was asked for, something made or deleted: nobody here knows, and none of it is to be answered from a store.
  ending: () => 'passing',
  prepare(input, signal) {
    return input.form === undefined && input.file === undefined
      ? { request: input as RawRequest }
      : prepare(input, signal);
  },
};

async function prepare(
  { form, file, ...rest }: RawInput,
  signal: AbortSignal | undefined,
): Promise<Prepared<'raw'>> {
  const fields = await readTogether(signal, (own) =>
    Object.entries(form ?? {}).map(async ([name, value]): Promise<[string, string | FileData]> => [
      name,
      typeof value === 'object' ? await readFile(value, `form.${name}`, own) : String(value),
    ]),
  );
  return {
    request: {
      ...rest,
      ...(form === undefined ? {} : { form: Object.fromEntries(fields) }),
      ...(file === undefined ? {} : { file: await readFile(file, 'file', signal) }),
    },
  };
}
