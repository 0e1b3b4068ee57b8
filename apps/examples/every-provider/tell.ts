import { formatUsd, isJsonObject, type Cost, type Usage } from '@inferway/core';

/** One line about any operation's answer: what it is, and what was counted. */
export function tell(answer: object): string {
  const { usage, cost } = answer as { readonly usage?: Usage; readonly cost?: Cost };
  const counted = [
    ...(usage?.inputTokens === undefined ? [] : [`${usage.inputTokens} in`]),
    ...(usage?.outputTokens === undefined ? [] : [`${usage.outputTokens} out`]),
    ...Object.entries(usage?.units ?? {}).map(([unit, count]) => `${count} ${unit}`),
    ...(cost?.known === true ? [formatUsd(cost.total)] : []),
  ];
  return `${gist(answer as Readonly<Record<string, unknown>>)}${counted.length === 0 ? '' : ` (${counted.join(', ')})`}`;
}

const SHOWN = ['text', 'embeddings', 'images', 'audio', 'results', 'inputTokens', 'output', 'json'];

function gist(answer: Readonly<Record<string, unknown>>): string {
  const member = SHOWN.find((name) => answer[name] !== undefined);
  return member === undefined ? 'answered' : `${member} ${short(answer[member])}`;
}

function short(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) {
    if (typeof value[0] === 'number') return `[${value.length} numbers]`;
    return `[${value.slice(0, 2).map(short).join(', ')}${value.length > 2 ? ', …' : ''}]`;
  }
  if (isJsonObject(value)) {
    const members = Object.entries(value).slice(0, 3);
    return `{ ${members.map(([name, one]) => `${name}: ${short(one)}`).join(', ')} }`;
  }
  const text = String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
