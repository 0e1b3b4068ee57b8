/**
 * What the operator reads of a failure that is the gateway's own: the kind, and where. Never its words, since those of a parser or a
 * check may quote a prompt.
 */
export function failureText(reason: unknown): string {
  const kind = reason instanceof Error ? reason.name : typeof reason;
  const frames = reason instanceof Error ? (reason.stack ?? '').match(/^ {4}at .*$/gmu) : null;
  const cause = reason instanceof Error && reason.cause instanceof Error ? reason.cause : undefined;
  const own = `Unexpected failure (${kind})\n${(frames ?? []).join('\n')}`;
  return cause === undefined ? own : `${own}\n  caused by ${failureText(cause)}`;
}
