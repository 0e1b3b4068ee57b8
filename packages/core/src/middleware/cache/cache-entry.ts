import type { Call } from '../../call.js';
import type { ReplyMeta } from '../../reply.js';
import { replay, type Recording } from '../../replay.js';
import type { AnyReply } from '../../reply.js';
import { parseStrict, strictJson } from './canonical-json.js';

/** The text of an entry; undefined for an answer that JSON cannot hold. */
export function writeEntry(recording: Recording): string | undefined {
  const { provider, model, servedBy, warnings } = recording.meta;
  // The rest of the meta tells of an exchange that a hit does not have: request id, limits, timings, attempts.
  return strictJson({ ...recording, meta: { provider, model, servedBy, warnings } });
}

/** Answers the call from an entry; undefined where it is damaged or cannot serve this shape. */
export function readEntry(call: Call, text: string): AnyReply | undefined {
  let recording: Recording;
  try {
    recording = parseStrict(text) as Recording;
    if (typeof recording.meta.provider !== 'string') return undefined;
  } catch {
    return undefined;
  }
  const meta: ReplyMeta = { ...recording.meta, cache: 'hit' };
  return replay(call, { ...recording, meta });
}
