import type { AnyReply, StreamReply } from './reply.js';

/** Ends a reply that nobody will read, such as one that comes after its call was given up: the socket of a stream is closed. */
export function dropReply(reply: AnyReply | undefined): void {
  (reply as Partial<StreamReply> | undefined)?.events?.cancel();
}
