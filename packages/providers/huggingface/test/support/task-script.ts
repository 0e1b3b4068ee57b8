import { jsonAnswer, type WireAnswer, type WireScript } from '@inferway/conformance';
import type { RequestOf } from '@inferway/core';
import { BytesBody, encodeTaskOutput, OPERATION_TASKS, type TaskOperation } from '@inferway/wire';

/** The id of the model that serves an operation here. */
export const modelOf = (operation: TaskOperation): string => `org/${operation}`;

/** hf-inference's side of an operation that is a task, and the Hub's: it serves the model. */
export function taskScript<K extends TaskOperation>(
  operation: K,
  request: RequestOf<K>,
): WireScript<K> {
  const { task, toOutput } = OPERATION_TASKS[operation];
  const name = task(request);
  const mapping = { status: 'live', providerId: modelOf(operation), task: name };
  return {
    name: `hf-inference ${name}`,
    operation,
    unary: ({ result }) => [answerOf(encodeTaskOutput(name, toOutput(result) as never))],
    error: ({ message }) => ({ error: message }),
    unaryFailure: ({ message }) => [jsonAnswer({ error: message })],
    failureCodes: [],
    silent: ['usage', 'id', 'finish-reason'],
    typed: true,
    aside: ({ path }) =>
      path.includes('/api/models/')
        ? jsonAnswer({
            id: modelOf(operation),
            inferenceProviderMapping: { 'hf-inference': mapping },
          })
        : undefined,
  };
}

function answerOf(output: unknown): WireAnswer {
  return output instanceof BytesBody
    ? { headers: { 'content-type': output.mediaType }, body: output.data }
    : jsonAnswer(output);
}
