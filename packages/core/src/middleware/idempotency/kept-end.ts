import { parseStrict, strictJson } from '../../canonical-json.js';
import type { InferwayError } from '../../error.js';
import { errorFromRecord, errorToRecord } from '../../error-record.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json.js';
import { isKeptAnswer, type KeptAnswer } from '../answers/kept-answer.js';
import { seal, unseal } from '../answers/sealed-text.js';

/** Of what an end looks like: one of another version cannot be read. */
const HEAD = 'inferway-idempotency-1';

const REPLAYED = new WeakSet<InferwayError>();

/** How the first call with a key ended. Neither: its answer could not be kept. */
export interface KeptEnd {
  readonly answer?: KeptAnswer;
  readonly error?: InferwayError;
}

/** True for an error that an earlier call with the same idempotency key got: this call was not executed. */
export function isReplayed(error: InferwayError): boolean {
  return REPLAYED.has(error);
}

/** The text of an answer; that of `unkeptText` where it is larger, or JSON cannot hold it. */
export function answerText(key: string, answer: KeptAnswer | undefined, maxBytes: number): string {
  const body = answer === undefined ? undefined : bodyOf({ answer });
  if (body === undefined || 2 * body.length > maxBytes) return unkeptText(key);
  return seal(HEAD, key, body);
}

function bodyOf(
  end: { readonly answer: KeptAnswer } | { readonly error: JsonObject },
): string | undefined {
  try {
    return strictJson(end);
  } catch {
    // Whatever it is, a call that is over does not fail here.
    return undefined;
  }
}

/** Says that the call was executed, and no more. */
export function unkeptText(key: string): string {
  return seal(HEAD, key, '{}');
}

/** The text of an error; that of `unkeptText` where JSON cannot hold what somebody put into it. */
export function errorText(key: string, error: InferwayError): string {
  const body = bodyOf({ error: errorToRecord(error) });
  return body === undefined ? unkeptText(key) : seal(HEAD, key, body);
}

/** Reads an end. One that is damaged, or of another version, is as good as one that could not be kept: it was executed. */
export function readEnd(key: string, text: string): KeptEnd {
  // A store of somebody else's may give anything.
  const body = unseal(HEAD, key, String(text));
  if (body === undefined) return {};
  const end = parseStrict(body);
  if (!isJsonObject(end)) return {};
  const { answer, error } = end as { readonly answer?: unknown; readonly error?: JsonValue };
  if (isKeptAnswer(answer)) return { answer };
  return error === undefined ? {} : { error: replayedError(error) };
}

/** The error that the first call got. It will be the same however often it is sent. */
function replayedError(record: JsonValue): InferwayError {
  const first = errorFromRecord(record, 'The call failed.');
  const again = {
    ...errorToRecord(first),
    message: `${first.message} (So ended the first call with this Idempotency-Key, which may have been executed; a new key executes it again.)`,
    retryable: false,
    fallbackable: false,
    retryAfterMs: undefined,
  };
  const error = errorFromRecord(again, first.message);
  REPLAYED.add(error);
  return error;
}
