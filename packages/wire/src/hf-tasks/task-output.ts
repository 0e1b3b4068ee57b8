import { isJsonObject, type JsonValue } from '@inferway/core';
import type { BytesBody } from '../body.js';
import type { DecodeSource } from '../format.js';
import { CODECS } from './codecs.js';
import { malformed, type OutputCodec } from './codec.js';
import type { HfTask, HfTaskOutput, HfTaskRequest } from './tasks.js';

/**
 * What a server answered to a task, in its one form whichever form it came in.
 *
 * @throws {InferwayError} what `from.fail` gives for an error inside a success; `protocol` for an answer that is none of this task.
 */
export function decodeTaskOutput<T extends HfTask>(
  request: HfTaskRequest<T>,
  body: unknown,
  from: Pick<DecodeSource, 'fail'>,
): HfTaskOutput<T> {
  if (isJsonObject(body) && (body['error'] ?? null) !== null) throw from.fail(body);
  const { task, inputs } = request as HfTaskRequest;
  const codec = CODECS[task] as OutputCodec<HfTaskOutput>;
  const output = codec.decode(body, inputs);
  if (output === undefined) throw malformed(task, body);
  return output as HfTaskOutput<T>;
}

/** An output as the Hub's own servers answer it: JSON, or a file as it is. */
export function encodeTaskOutput<T extends HfTask>(
  task: T,
  output: HfTaskOutput<T>,
): JsonValue | BytesBody {
  return (CODECS[task] as OutputCodec<HfTaskOutput<T>>).encode(output);
}
