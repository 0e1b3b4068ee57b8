import { expectMatch, expectTrue } from '../expect.js';
import { Stage } from '../stage/stage.js';
import type { Check } from '../provider/check.js';
import { failureOf, inTime } from '../provider/in-time.js';
import type { ProviderFactory, ModelListing } from '../provider/provider-suite.js';
import type { WireAnswer } from '../wire/wire-answer.js';
import { whole, nothing, type Delivery } from '../stage/delivery.js';
import type { ModelInfo, Provider } from '@inferway/core';

/** Discovery: `models()` of the adapter. */
export function listing(
  factory: ProviderFactory,
  apiKey: string,
  models: ModelListing,
): readonly Check[] {
  const check = (
    name: string,
    answer: (path: string) => WireAnswer,
    body: (
      list: (signal?: AbortSignal) => Promise<readonly ModelInfo[]>,
      provider: Provider,
      stage: Stage,
    ) => Promise<void>,
    deliver: Delivery = whole,
  ): Check => ({
    name,
    async run() {
      const stage = await Stage.open({ model: '' });
      stage.scene = {
        answers: ({ request }) => [answer(request.path.slice('/base/'.length))],
        deliver,
      };
      const provider = factory({ baseUrl: `${stage.origin}/base`, apiKey });
      try {
        expectTrue(provider.models !== undefined, 'the adapter has models()');
        const list = (signal?: AbortSignal): Promise<readonly ModelInfo[]> =>
          inTime(
            provider.models?.(signal === undefined ? {} : { signal }) ?? Promise.resolve([]),
            'models()',
          );
        await body(list, provider, stage);
      } finally {
        await provider.close?.();
        await stage.close();
      }
    },
  });
  return [
    check(
      'the models are listed, with the adapter’s name',
      models.answer,
      async (list, provider) => {
        const listed = await list();
        for (const id of models.ids) {
          const found = listed.find((model) => model.id === id);
          expectMatch(found, { id, provider: provider.name }, `the model ${id}`);
        }
      },
    ),
    check(
      'a refused key is authentication, and is not shown',
      () => ({ status: 401, body: `{"error":{"message":"Bad key ${apiKey}"}}` }),
      async (list, provider) => {
        const error = await failureOf(list());
        expectMatch(
          error,
          { code: 'authentication', status: 401, provider: provider.name },
          'the error',
        );
        expectTrue(
          !`${error.stack}${JSON.stringify(error)}${error.body}`.includes(apiKey),
          'the key is not shown',
        );
      },
    ),
    check(
      'a web page is a protocol error',
      () => ({ headers: { 'content-type': 'text/html' }, body: '<html>hi</html>' }),
      async (list) => {
        expectMatch(await failureOf(list()), { code: 'protocol' }, 'the error');
      },
    ),
    check(
      'an overloaded server is overloaded',
      () => ({ status: 503, body: '' }),
      async (list) => {
        expectMatch(await failureOf(list()), { code: 'overloaded', retryable: true }, 'the error');
      },
    ),
    check(
      'entries that make no sense are skipped',
      (path) => withNonsense(models.answer(path)),
      async (list) => {
        const listed = await list();
        for (const id of models.ids)
          expectTrue(
            listed.some((model) => model.id === id),
            `${id} is listed`,
          );
      },
    ),
    check(
      'an abort ends it and closes its socket',
      models.answer,
      async (list, _provider, stage) => {
        const controller = new AbortController();
        const failing = failureOf(list(controller.signal));
        while (stage.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
        controller.abort();
        expectMatch(await failing, { code: 'aborted' }, 'the error');
        await inTime(
          Promise.all(stage.connections.map(({ closed }) => closed)),
          'closing the socket',
        );
      },
      nothing('silence'),
    ),
  ];
}

// In every list of the answer, entries of wrong types before its own.
function withNonsense(answer: WireAnswer): WireAnswer {
  const body = JSON.parse(String(answer.body)) as unknown;
  const spoilt = Array.isArray(body)
    ? [null, 7, 'x', {}, ...(body as unknown[])]
    : Object.fromEntries(
        Object.entries(body as object).map(([name, value]) => [
          name,
          Array.isArray(value) ? [null, 7, 'x', {}, ...(value as unknown[])] : (value as unknown),
        ]),
      );
  return { ...answer, body: JSON.stringify(spoilt) };
}
