import { BytesBody, decodeTask, encodeTaskOutput, isHfTask } from '@inferway/wire';
import type { Exchange, HttpAnswer } from '../../../http/exchange.js';
import type { SimulatorContext } from '../../../serve/context.js';
import { modelReference } from '../../../serve/model-reference.js';
import type { Route } from '../../protocol.js';
import { answerTask } from './answer-task.js';
import { readTaskBody, tellTask, textOf } from './task-desk.js';
import { findTaskModel, type TaskModel } from './task-models.js';

/** hf-inference: `models/{id}` with the model's own task, `models/{id}/pipeline/{task}` for those that have two. */
export function inferenceRoutes(context: SimulatorContext): readonly Route[] {
  const loading = new Map<string, number>();
  /** When a model that was asked for now will be there, in seconds from now; undefined where it is. */
  const missing = ({ id, loadsMs }: TaskModel): number | undefined => {
    if (loadsMs === undefined) return undefined;
    const { clock } = context;
    const ready = loading.get(id) ?? clock.now() + loadsMs;
    loading.set(id, ready);
    return ready > clock.now() ? (ready - clock.now()) / 1000 : undefined;
  };
  const serve = async (
    exchange: Exchange,
    id: string,
    asked: string | undefined,
  ): Promise<void> => {
    const body = await readTaskBody(exchange, context);
    if (body === undefined) return;
    const found = findTaskModel(modelReference(id).id);
    if (found === undefined) {
      exchange.over('refused');
      exchange.send({ status: 404, body: { error: `Model ${id} does not exist` } });
      return;
    }
    const task = asked !== undefined && isHfTask(asked) ? asked : found.task;
    const seen = { exchange, context, id, servedBy: 'hf-inference' };
    tellTask(seen, { ...found, task }, textOf(body), (): HttpAnswer => {
      const seconds = missing(found);
      if (seconds !== undefined) {
        const error = `Model ${id} is currently loading`;
        return { status: 503, body: { error, estimated_time: seconds } };
      }
      const { request } = decodeTask(task, body);
      const output = encodeTaskOutput(task, answerTask(request));
      if (output instanceof BytesBody) {
        const headers = { 'content-type': output.mediaType, 'x-compute-time': '0.042' };
        return { status: 200, headers, body: output.data };
      }
      // One text has one vector, and no list of them.
      const one = task === 'feature-extraction' && typeof request.inputs === 'string';
      return {
        status: 200,
        headers: { 'x-compute-time': '0.042' },
        body: (one ? (output as readonly unknown[])[0] : output) as object,
      };
    });
  };
  return [
    {
      method: 'POST',
      path: /^\/hf-inference\/models\/([^/]+(?:\/[^/]+)?)\/pipeline\/([\w-]+)$/u,
      handle: (exchange, [id = '', task]) => serve(exchange, id, task),
    },
    {
      method: 'POST',
      path: /^\/hf-inference\/models\/([^/]+(?:\/[^/]+)?)$/u,
      handle: (exchange, [id = '']) => serve(exchange, id, undefined),
    },
  ];
}
