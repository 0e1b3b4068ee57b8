/** Applies `edit` to every JSON object in the `data:` lines of some SSE text and leaves the rest as it is. */
export function editSse(text: string, edit: (payload: Record<string, unknown>) => void): string {
  return text
    .split('\n')
    .map((line) => (line.startsWith('data: {') ? `data: ${editJson(line.slice(6), edit)}` : line))
    .join('\n');
}

/** Applies `edit` to a JSON object's text. */
export function editJson(text: string, edit: (payload: Record<string, unknown>) => void): string {
  const payload = JSON.parse(text) as Record<string, unknown>;
  edit(payload);
  return JSON.stringify(payload);
}
