import { isJsonObject, type JsonObject } from '@inferway/core';

/** The member that holds a call's arguments where they are not a JSON object and so cannot be the `input` itself. */
const RAW_ARGUMENTS = 'raw_arguments';

/**
 * A call's arguments as `input`, which must be an object on this wire: no text is `{}`; a JSON object is itself; anything else, broken JSON
 * included, is `{ "raw_arguments": <the text> }`, so that the model still sees what it wrote.
 */
export function toolInput(args: string): { readonly input: JsonObject; readonly raw: boolean } {
  if (args.trim() === '') return { input: {}, raw: false };
  let value: unknown;
  try {
    value = JSON.parse(args);
  } catch {
    value = undefined;
  }
  return isJsonObject(value)
    ? { input: value, raw: false }
    : { input: { [RAW_ARGUMENTS]: args }, raw: true };
}

/** Anthropic takes ids of letters, digits, `_` and `-` only; other protocols' ids have more. The same id gives the same result. */
export function toolId(id: string): string {
  return /^[\w-]+$/.test(id) ? id : id.replaceAll(/[^\w-]/g, '_');
}
