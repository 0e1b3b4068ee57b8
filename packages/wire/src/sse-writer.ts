/**
 * The wire text of one message. `data` is JSON or any text; line breaks in it become further `data:` lines.
 * `event` is a protocol's own word and holds no line break.
 */
export function sse(data: string, event?: string): string {
  const lines =
    data.includes('\n') || data.includes('\r')
      ? data.replaceAll('\r\n', '\n').replaceAll('\r', '\n').replaceAll('\n', '\ndata: ')
      : data;
  return event === undefined ? `data: ${lines}\n\n` : `event: ${event}\ndata: ${lines}\n\n`;
}
