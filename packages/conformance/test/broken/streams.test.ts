import { Events, type ChatEvent, type StreamReply } from '@inferway/core';
import type { StreamDecoder } from '@inferway/wire';
import { failsOnly } from '../support/fails-only.js';
import { receiving, withCalls, withFormat, withTransport, wrapped } from '../support/tamper.js';

failsOnly(
  'decodes UTF-8 read by read',
  [/^byte splits › F25: a stream/u, /one byte a time$/u],
  (setup) =>
    withTransport(
      setup,
      receiving((response) => ({
        read: (sink) =>
          response.read({
            data: (chunk) => sink.data(Buffer.from(Buffer.from(chunk).toString())),
            end: () => sink.end(),
            fail: (error) => sink.fail(error),
          }),
      })),
    ),
);

failsOnly('knows no line end but LF', [/^framing of events › F2[012]: .*CR/u], (setup) =>
  withTransport(
    setup,
    receiving((response) => ({
      read: (sink) =>
        response.read({
          data: (chunk) => sink.data(Buffer.from(chunk).map((byte) => (byte === 13 ? 32 : byte))),
          end: () => sink.end(),
          fail: (error) => sink.fail(error),
        }),
    })),
  ),
);

failsOnly('takes any end for the end', [/› F03:/u, /› F01:/u, /› F13:/u], (setup) =>
  withFormat(setup, (format) => ({
    streamDecoder(from) {
      const decoder = format.streamDecoder?.(from) as StreamDecoder<ChatEvent>;
      return wrapped(decoder, {
        end: (out) => {
          out.push({ type: 'finish', finishReason: { unified: 'stop' } }, { type: 'end' });
        },
      });
    },
  })),
);

failsOnly('waits for the socket’s end after the terminator', [/› F14:/u], (setup) =>
  withFormat(setup, (format) => ({
    streamDecoder(from) {
      const decoder = format.streamDecoder?.(from) as StreamDecoder<ChatEvent>;
      const held: ChatEvent[] = [];
      return {
        message: (message, out) => {
          if (!decoder.done) decoder.message(message, held);
          out.push(...held.splice(0));
        },
        end: (out) => {
          if (!decoder.done) decoder.end(out);
        },
        done: false,
        get usage() {
          return decoder.usage;
        },
      };
    },
  })),
);

failsOnly(
  'hands out events late',
  [/^ends of streams › F0[145]/u, /› F06, F07/u, /^aborts/u, /^timers/u],
  (setup) =>
    withCalls(setup, async (call, right) => {
      const reply = await right(call);
      if (!reply.stream) return reply;
      const { events } = reply as StreamReply<'chat'>;
      const all: ChatEvent[] = [];
      for await (const event of events) all.push(event);
      return {
        ...reply,
        events: new Events(
          {
            pull: async () => (all.length > 0 ? all.splice(0) : undefined),
            cancel() {},
            usage: events.usage,
          },
          call.signal,
        ),
      } as never;
    }),
);
