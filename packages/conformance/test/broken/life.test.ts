import { InferwayError } from '@inferway/core';
import { failsOnly } from '../support/fails-only.js';
import { made, sending, withCalls, withTransport } from '../support/tamper.js';

failsOnly(
  'does not hear of aborts',
  [/^aborts › F38: an abort (?:before the headers|within|between|while)/u, /^timers › F3[3457]/u],
  (setup) =>
    withCalls(setup, (call, right) =>
      right({ ...call, signal: new AbortController().signal } as never),
    ),
  // Most of its failures are waits for what never comes.
  400,
);

failsOnly(
  'tries again by itself',
  [
    /^errors inside of a success › F12: overloaded/u,
    /^error statuses › (?:498|503|529) is overloaded/u,
  ],
  (setup) =>
    withCalls(setup, async (call, right) => {
      try {
        return await right(call);
      } catch (reason) {
        if (!InferwayError.is(reason) || reason.code !== 'overloaded') throw reason;
        return right(call);
      }
    }),
);

failsOnly('follows redirects', [/› F57:/u], (setup) =>
  withTransport(setup, (transport) => ({
    async exchange(request) {
      try {
        return await transport.exchange(request);
      } catch (reason) {
        const body = await fetch(`${request.origin}${request.path}`, {
          method: 'POST',
          body: String(request.body),
          headers: request.headers,
          redirect: 'manual',
          signal: request.signal,
        }).catch(() => undefined);
        const to = body?.headers.get('location');
        if (to === null || to === undefined) throw reason;
        const { origin, pathname } = new URL(to);
        return transport.exchange({ ...request, origin, path: pathname });
      }
    },
  })),
);

failsOnly('has a body limit of its own', [/› a body above/u, /› F29:/u], (setup) =>
  made({ ...setup, transport: undefined }),
);

failsOnly('writes into the request', [/^isolation › a deep-frozen/u], (setup) =>
  withCalls(setup, (call, right) => {
    (call.request as unknown as { seen?: boolean }).seen = true;
    return right(call);
  }),
);

failsOnly('tells nobody of bytes', [/^timers › F3[4567]/u], (setup) =>
  withTransport(
    setup,
    sending(({ progress: _none, ...request }) => request),
  ),
);

failsOnly('shares what runs between calls', [/^isolation › S20: 40 unary/u], (setup) => {
  let shared: Promise<unknown> | undefined;
  return withCalls(setup, (call, right) => {
    if (call.stream) return right(call);
    shared ??= right(call).finally(() => {
      shared = undefined;
    });
    return shared as never;
  });
});

failsOnly('keeps its connections when it is closed', [/^isolation › close\(\)/u], (setup) => ({
  ...made(setup),
  close: async () => {},
}));

failsOnly(
  'takes a lost connection for one that was never made',
  [/^connections › a connection/u],
  (setup) =>
    withCalls(setup, (call, right) =>
      right(call).catch((reason: InferwayError) => {
        if (reason.code === 'connection') Object.assign(reason, { sent: 'no' });
        throw reason;
      }),
    ),
);

failsOnly(
  'sends again what may have been executed, and tells nobody',
  [/^connections › F56/u],
  (setup) =>
    withCalls(setup, async (call, right) => {
      const reply = await right(call);
      const warnings = reply.meta.warnings?.filter(({ type }) => type !== 'other');
      return { ...reply, meta: { ...reply.meta, warnings } };
    }),
);
