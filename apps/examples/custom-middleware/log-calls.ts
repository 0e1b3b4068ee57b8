import { formatUsd, observe, type Middleware } from '@inferway/core';

/** Tells of each call, streamed or not: model, time to first token, tokens, cost. */
export function logCalls(tell: (line: string) => void): Middleware {
  return async function logCalls(call, next) {
    const { runtime, startedAt } = call.state;
    let ttftMs: number | undefined;
    const reply = await next(call);
    const { provider, model } = reply.meta;
    return observe(reply, {
      event(event) {
        if (event.type === 'text-delta') ttftMs ??= runtime.clock.now() - startedAt;
      },
      end({ status, usage, cost }) {
        const ms = ttftMs === undefined ? 'not streamed' : `${ttftMs.toFixed(0)} ms`;
        const tokens = `${usage?.inputTokens ?? '?'} in, ${usage?.outputTokens ?? '?'} out`;
        const paid = cost?.known ? `${formatUsd(cost.total)} (${cost.source})` : 'unknown';
        tell(`${provider}/${model} ${status} | ttft ${ms} | tokens ${tokens} | cost ${paid}`);
      },
    });
  };
}
