import {
  isJsonObject,
  type Call,
  type JsonObject,
  type Provider,
  type Reply,
} from '@inferway/core';
import { connect, poll } from '@inferway/provider-kit';
import { jsonAnswer, type ProviderSetup, type WireScript } from '../../src/index.js';

/** An adapter of a protocol of several requests: a job is created, and asked for until it is done. */
export function createJobs({ baseUrl, apiKey, transport }: ProviderSetup): Provider {
  const connection = connect({ name: 'jobs', baseUrl, key: { apiKey }, transport });
  return {
    name: 'jobs',
    async complete(call: Call<'complete'>): Promise<Reply<Call<'complete'>>> {
      const { model, request, signal, state, credential, progress } = call;
      const session = connection.session({ model, signal, state, credential, progress });
      for (const setting of Object.keys(request)) {
        if (setting === 'prompt' || setting === 'providerOptions') continue;
        session.warn({
          type: 'unsupported',
          setting,
          message: `"${setting}" was not sent: jobs have none.`,
        });
      }
      const created = await session.json({
        path: 'jobs',
        body: { model: model.id, input: request.prompt },
      });
      const id = isJsonObject(created) ? created['id'] : undefined;
      if (typeof id !== 'string') throw session.fail(created);
      const job = await poll(
        async () => {
          const seen = await session.json({ path: `jobs/${id}` });
          if (!isJsonObject(seen) || seen['status'] === 'failed') throw session.fail(seen);
          return seen['status'] === 'done' ? seen : undefined;
        },
        { clock: session.clock, signal },
      );
      if (typeof job['text'] !== 'string') throw session.fail(job);
      return {
        stream: false,
        result: { text: job['text'], finishReason: { unified: 'stop' } },
        meta: session.meta(false),
      } as Reply<Call<'complete'>>;
    },
    close: () => connection.transport.close(),
  } as Provider;
}

/** The server's side of it. */
export const jobs: WireScript<'complete'> = {
  name: 'jobs',
  operation: 'complete',
  unary: ({ result }, { id }) => [
    jsonAnswer({ id, status: 'running' }, 201),
    jsonAnswer({ id, status: 'running' }),
    jsonAnswer({ id, status: 'done', text: result.text }),
  ],
  error: ({ message }) => ({ error: message }),
  unaryFailure: ({ message }, { id }) => [
    jsonAnswer({ id, status: 'running' }, 201),
    jsonAnswer({ id, status: 'failed', error: message }),
  ],
  failureCodes: [],
  silent: ['usage', 'finish-reason', 'id'],
  checkRequest: ({ path, body }, { model }) => {
    const sent = JSON.parse(body) as JsonObject;
    if (!path.endsWith('/jobs') || sent['model'] !== model) throw new Error(`${path} ${body}`);
  },
};
