import type { Relay } from '@inferway/conformance';

/** The commands that `work` puts on the wire. */
export async function commandsOf(wire: Relay, work: () => unknown): Promise<string[]> {
  const before = wire.sent.length;
  await work();
  const bytes = wire.sent.slice(before).join('');
  const commands = bytes.matchAll(/(?<=^|\r\n)\*\d+\r\n\$\d+\r\n([A-Za-z]+)\r\n/gu);
  return [...commands].map(([, name = '']) => name);
}
