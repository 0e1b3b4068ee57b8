import { InferwayError } from '@inferway/core';
import { failsOnly } from '../support/fails-only.js';
import { receiving, withCalls, withFormat, withTransport } from '../support/tamper.js';

failsOnly(
  'shows the key in its errors',
  [/^secrets › a server that echoes/u, /^secrets › a lost connection/u],
  (setup) =>
    withCalls(setup, (call, right) =>
      right(call).catch((reason: InferwayError) => {
        reason.message = `${reason.message} (key ${setup.apiKey})`;
        throw reason;
      }),
    ),
);

failsOnly('keeps the request as the error’s cause', [/^secrets › a server that echoes/u], (setup) =>
  withCalls(setup, (call, right) =>
    right(call).catch((reason: InferwayError) => {
      reason.cause ??= new Error(JSON.stringify(call.request));
      throw reason;
    }),
  ),
);

failsOnly(
  'overlooks errors inside of a success',
  [/› F12:/u, /› a retry-after on a success/u, /^secrets › .*inside of a success|as a success/u],
  (setup) =>
    withFormat(setup, (format) => ({
      decodeResponse(body, from) {
        try {
          return format.decodeResponse(body, from);
        } catch (reason) {
          if (InferwayError.is(reason) && reason.status === 200)
            return {
              result: {
                message: { role: 'assistant', content: [] },
                finishReason: { unified: 'stop' },
              },
            };
          throw reason;
        }
      },
    })),
);

failsOnly('calls every status a server error', [/^error statuses › (?!500|502)/u], (setup) =>
  withCalls(setup, (call, right) =>
    right(call).catch((reason: InferwayError) => {
      if (reason.status === undefined || reason.status < 400) throw reason;
      const { message, status, retryAfterMs, requestId, provider } = reason;
      throw new InferwayError('server', { message, status, retryAfterMs, requestId, provider });
    }),
  ),
);

failsOnly(
  'reads retry-after as a number, whatever it is',
  [/^retry headers › .*date/u, /› F47:/u, /› a retry-after on a success/u],
  (setup) => {
    let header = '';
    const provider = withTransport(
      setup,
      receiving((response) => {
        header = String(response.headers['retry-after'] ?? '');
        return {};
      }),
    );
    const right = provider.chat;
    return {
      ...provider,
      chat: (call) =>
        right(call).catch((reason: InferwayError) => {
          if (header !== '') Object.assign(reason, { retryAfterMs: Number(header) * 1000 });
          throw reason;
        }),
    };
  },
);

failsOnly(
  'loses the request id of errors',
  [/^request id and who served › an error status/u],
  (setup) =>
    withCalls(setup, (call, right) =>
      right(call).catch((reason: InferwayError) => {
        delete reason.requestId;
        throw reason;
      }),
    ),
);

failsOnly(
  'gives the words of events that are no JSON',
  [/› F09: a success of malformed JSON/u, /^secrets › .*malformed JSON/u],
  (setup) =>
    withCalls(setup, (call, right) =>
      right(call).catch((reason: InferwayError) => {
        if (reason.code === 'protocol') reason.message += reason.body ?? '';
        throw reason;
      }),
    ),
);

failsOnly(
  'throws what is no InferwayError',
  [
    /^errors inside/u,
    /^error statuses/u,
    /^retry headers/u,
    /^HTTP answers/u,
    /^connections/u,
    /^request id/u,
    /^secrets|^isolation|^ends|^tools|^aborts|^timers/u,
  ],
  (setup) =>
    withCalls(setup, async (call, right) => {
      try {
        return await right(call);
      } catch {
        throw new TypeError('oh');
      }
    }),
);
