import type { CapturedContent } from './content-capture.js';

// What the conventions' forms themselves consist of; everything else may be a person's or a model's words.
const OF_THE_FORM: ReadonlySet<string> = new Set(['role', 'type', 'modality', 'finish_reason']);

/**
 * Makes a `redact` of what changes a text, such as the detectors of `@inferway/core/guards`: it sees every text that would be written, in
 * arguments and results of tools at any depth with the names of their members and their numbers, and in addresses of files.
 *
 * ```ts
 * trace({ captureContent: true, redact: redactContent((text) => redactText(text, [...secrets(), ...pii()], (_found, { kind }) => `[${kind}]`)) });
 * ```
 * Parts of one message are looked at one by one: what is spread over two of them is not found.
 */
export function redactContent(
  change: (text: string) => string,
): (content: CapturedContent) => CapturedContent {
  const message = (value: unknown): unknown => members(value, form);
  const form = (value: unknown, name: string): unknown => {
    if (name === 'parts') return (value as readonly unknown[]).map(message);
    return OF_THE_FORM.has(name) ? value : free(value);
  };
  const free = (value: unknown): unknown => {
    if (typeof value === 'string') return change(value);
    if (typeof value === 'number') {
      const text = String(value);
      const changed = change(text);
      return changed === text ? value : changed;
    }
    return Array.isArray(value) ? value.map(free) : members(value, free, change);
  };
  return (content) =>
    members(content, (list) => (list as unknown[] | undefined)?.map(message)) as CapturedContent;
}

function members(
  value: unknown,
  change: (member: unknown, name: string) => unknown,
  rename: (name: string) => string = (name) => name,
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [rename(name), change(member, name)]),
  );
}
