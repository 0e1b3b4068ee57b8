import type { ChatEvent } from '@inferway/core';
import type { StreamDecoder } from '@inferway/wire';
import { failsOnly } from '../support/fails-only.js';
import { decoding, sending, withCalls, withFormat, withTransport } from '../support/tamper.js';

failsOnly(
  'drops all tool calls but the first of a whole answer',
  [/› text and two tool calls of one tool, unary$/u],
  (setup) =>
    withFormat(setup, (format) => ({
      decodeResponse(body, from) {
        const decoded = format.decodeResponse(body, from);
        let calls = 0;
        const content = decoded.result.message.content.filter(
          (part) => part.type !== 'tool-call' || calls++ === 0,
        );
        return {
          ...decoded,
          result: { ...decoded.result, message: { ...decoded.result.message, content } },
        };
      },
    })),
);

failsOnly('drops reasoning of streams', [/› reasoning before .*, streamed$/u], (setup) =>
  decoding(setup, (events) => events.filter((event) => event.type !== 'reasoning-delta')),
);

failsOnly('counts 0 tokens where nobody counted', [/^forms of answers › usage: F16/u], (setup) =>
  withFormat(setup, (format) => ({
    decodeResponse: (body, from) => ({
      usage: { inputTokens: 0, outputTokens: 0 },
      ...format.decodeResponse(body, from),
    }),
  })),
);

failsOnly(
  'sends what only another format understands',
  [/^answers as input › an answer that a-foreign-format/u],
  (setup) =>
    withFormat(setup, (format) => ({
      encodeRequest: (request, to) => ({
        ...format.encodeRequest(request, to),
        kept: JSON.parse(JSON.stringify(request.messages)) as never,
      }),
    })),
);

failsOnly('drops the temperature in silence', [/^settings › "temperature"/u], (setup) =>
  withFormat(setup, (format) => ({
    encodeRequest: ({ temperature: _none, ...request }, to) => format.encodeRequest(request, to),
  })),
);

failsOnly(
  'uses its own key for every call',
  [/^requests as sent › the credential of a call/u],
  (setup) => withCalls(setup, (call, right) => right({ ...call, credential: undefined } as never)),
);

failsOnly(
  'sends the key in the address, too',
  [/^requests as sent › the (?:key|credential)/u],
  (setup) =>
    withTransport(
      setup,
      sending((request) => ({ ...request, path: `${request.path}?key=${setup.apiKey}` })),
    ),
);

failsOnly(
  'loses the usage of streams',
  [
    /^answers › a streamed answer/u,
    /^tools, reasoning, choices and usage › .*streamed/u,
    /^forms of answers › usage/u,
    /^isolation › S20: 40 streamed/u,
  ],
  (setup) =>
    withFormat(setup, (format) => ({
      streamDecoder(from) {
        const decoder = format.streamDecoder?.(from) as StreamDecoder<ChatEvent>;
        return {
          message: (message, out) => decoder.message(message, out),
          end: (out) => decoder.end(out),
          get done() {
            return decoder.done;
          },
          usage: undefined,
        };
      },
    })),
);
