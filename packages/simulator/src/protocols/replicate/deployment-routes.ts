import { isJsonObject } from '@inferway/core';
import { refuse } from '../../serve/serve.js';
import type { Route } from '../protocol.js';
import type { Deployment } from './deployment-book.js';
import { answer, notFound, page, type Desk } from './desk.js';
import { problemAnswer, replicateVoice as voice } from './voice.js';
import type { Exchange } from '../../http/exchange.js';

const ONE = /^\/v1\/deployments\/([^/]+)\/([^/]+)$/u;

/** `/v1/deployments`. */
export function deploymentRoutes(desk: Desk): readonly Route[] {
  const { deployments } = desk;
  const told = (exchange: Exchange, deployment: Deployment | undefined, status = 200): void => {
    if (deployment !== undefined) return answer(exchange, deployments.json(deployment), status);
    const refused = problemAnswer(
      422,
      'Invalid deployment',
      'The name is taken or the version does not exist.',
    );
    refuse(voice, { kind: 'refused', answer: refused }, exchange);
  };
  const found = (exchange: Exchange, groups: readonly string[]): Deployment | undefined => {
    if (!desk.admits(exchange)) return undefined;
    const deployment = deployments.find(groups[0] ?? '', groups[1] ?? '');
    if (deployment === undefined) notFound(exchange);
    return deployment;
  };
  return [
    {
      method: 'GET',
      path: /^\/v1\/deployments$/u,
      handle(exchange) {
        if (!desk.admits(exchange)) return;
        answer(exchange, page(deployments.list().map((one) => deployments.json(one))));
      },
    },
    {
      method: 'POST',
      path: /^\/v1\/deployments$/u,
      async handle(exchange) {
        const body = await desk.body(exchange);
        if (exchange.response.headersSent || !desk.admits(exchange)) return;
        told(exchange, deployments.create(isJsonObject(body) ? body : {}), 201);
      },
    },
    {
      method: 'GET',
      path: ONE,
      handle(exchange, groups) {
        const deployment = found(exchange, groups);
        if (deployment !== undefined) told(exchange, deployment);
      },
    },
    {
      method: 'PATCH',
      path: ONE,
      async handle(exchange, groups) {
        const body = await desk.body(exchange);
        if (exchange.response.headersSent) return;
        const deployment = found(exchange, groups);
        if (deployment === undefined) return;
        told(exchange, deployments.update(deployment, isJsonObject(body) ? body : {}));
      },
    },
    {
      method: 'DELETE',
      path: ONE,
      handle(exchange, groups) {
        const deployment = found(exchange, groups);
        if (deployment === undefined) return;
        deployments.remove(deployment);
        exchange.over('complete');
        exchange.begin(204, {});
        exchange.response.end();
      },
    },
  ];
}
