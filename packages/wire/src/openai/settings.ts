import { unsupported } from '../dropped.js';
import type { EncodeTarget } from '../format.js';
import type { JsonBody } from '../json-body.js';

/** What a provider does differently with plain settings, each of which is one field. */
export interface SettingsDialect<Setting extends string> {
  /** Settings that are refused: dropped with a warning. */
  readonly unsupported?: readonly Setting[] | undefined;
  /** Fields that are named otherwise than OpenAI's. */
  readonly fields?: Readonly<Partial<Record<Setting, string>>> | undefined;
}

/** True for a setting that was given and is taken; tells of one that is not. */
export function takes<Setting extends string>(
  request: { readonly [S in Setting]?: unknown },
  setting: Setting,
  to: EncodeTarget<SettingsDialect<Setting>>,
): boolean {
  if (request[setting] === undefined) return false;
  if (to.dialect?.unsupported?.includes(setting) !== true) return true;
  to.warn(unsupported(setting, `${to.provider} does not take it for "${to.model}"`));
  return false;
}

/** The field of a setting at this provider. */
export function fieldOf<Setting extends string>(
  setting: Setting,
  usual: string,
  to: EncodeTarget<SettingsDialect<Setting>>,
): string {
  return to.dialect?.fields?.[setting] ?? usual;
}

/** Writes the settings that were given into their fields. */
export function writeSettings<Setting extends string>(
  request: { readonly [S in Setting]?: unknown },
  usual: readonly (readonly [Setting, string])[],
  to: EncodeTarget<SettingsDialect<Setting>>,
  body: JsonBody,
): void {
  for (const [setting, field] of usual) {
    if (takes(request, setting, to)) {
      body[fieldOf(setting, field, to)] = request[setting] as JsonBody[string];
    }
  }
}
