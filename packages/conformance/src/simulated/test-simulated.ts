import {
  createClient,
  type ChatInput,
  type Client,
  type ErrorCode,
  type InferwayError,
  type ProviderOf,
} from '@inferway/core';
import { cost } from '@inferway/core/middleware';
import { expectMatch, expectTrue } from '../expect.js';
import type { Check } from '../provider/check.js';
import { failureOf } from '../provider/in-time.js';
import { defaultRunner } from '../runner.js';
import type { SimulatedServer, SimulatedSuite } from './simulated-suite.js';

type Ask = Omit<ChatInput, 'output'> & { readonly model: { provider: string; id: string } };

/** A client of a server that listens, and a question to ask. */
interface Visit<S extends SimulatedServer> {
  readonly server: S;
  readonly client: Client<ProviderOf<string, 'chat'>>;
  readonly ask: Ask;
}

const WEATHER = {
  name: 'weather',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer' } },
    required: ['city', 'days'],
  },
} as const;

const PERSON = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
  additionalProperties: false,
} as const;

/** Faults that change nothing in the text, and those that end a stream. */
const HARMLESS = [
  'F02',
  'F11',
  'F14',
  'F15',
  'F16',
  'F20',
  'F21',
  'F22',
  'F23',
  'F24',
  'F25',
  'F26',
];
const FATAL: Readonly<Record<string, ErrorCode>> = {
  F01: 'stream_interrupted',
  F04: 'connection',
  F05: 'connection',
  F08: 'overloaded',
  F09: 'protocol',
  F10: 'protocol',
  F13: 'empty_response',
  F52: 'server',
  reset: 'connection',
  'rst-mid-event': 'connection',
};

/**
 * Registers tests of a chat adapter against a simulated provider: both must mean the same by the protocol. The bill, tools, schemas, answers
 * as input, the listing, and the simulator's faults.
 */
export function testSimulated<S extends SimulatedServer>(suite: SimulatedSuite<S>): void {
  const { describe, it } = suite.runner ?? defaultRunner();
  describe(`${suite.name} against the simulator`, () => {
    for (const { name, run } of [...answers(suite), ...faults(suite)]) it(name, run);
  });
}

function answers<S extends SimulatedServer>(suite: SimulatedSuite<S>): readonly Check[] {
  return [
    visit(
      'costs what the simulator bills, streamed and not',
      suite,
      async ({ server, client, ask }) => {
        const unary = await client.chat(ask);
        const streamed = await (await client.chat.stream(ask)).result;
        expectMatch(streamed.text, unary.text, 'the streamed text');
        for (const { meta, usage, cost: paid } of [unary, streamed]) {
          const billed = server.bill.of(meta.requestId ?? '');
          expectTrue(billed !== undefined, 'the bill has the request by its id');
          const { inputTokens, outputTokens } = billed.usage;
          expectMatch(usage, { inputTokens, outputTokens }, 'the usage');
          expectMatch(paid, { known: true, total: billed.cost }, 'the cost');
        }
      },
    ),
    visit(
      'calls tools with arguments that fit, several at once, streamed and not',
      suite,
      async ({ client, ask }) => {
        const messages = [
          { role: 'user', content: 'Use the tool in parallel for two cities.' },
        ] as const;
        const request = { ...ask, messages, tools: [WEATHER], toolChoice: 'required' } as const;
        for (const { toolCalls, finishReason } of [
          await client.chat(request),
          await (await client.chat.stream(request)).result,
        ]) {
          expectMatch(finishReason.unified, 'tool-calls', 'the finish reason');
          expectTrue(toolCalls.length > 1, `${toolCalls.length} calls`);
          for (const call of toolCalls) {
            const { city, days } = JSON.parse(call.arguments) as { city: unknown; days: unknown };
            expectTrue(
              call.name === 'weather' && typeof city === 'string' && Number.isInteger(days),
              call.arguments,
            );
          }
        }
      },
    ),
    visit('answers with JSON that fits a schema', suite, async ({ client, ask }) => {
      const output = { type: 'json-schema', schema: PERSON } as const;
      const { parsed } = await client.chat({ ...ask, output });
      const { name, age } = parsed as { name: unknown; age: unknown };
      expectTrue(typeof name === 'string' && Number.isInteger(age), JSON.stringify(parsed));
    }),
    visit('takes its own answer back as input', suite, async ({ client, ask }) => {
      const first = await client.chat(ask);
      const messages = [
        ...ask.messages,
        first.message,
        { role: 'user', content: 'Once more.' },
      ] as const;
      const second = await client.chat({ ...ask, messages });
      const [before = Number.NaN, after = Number.NaN] = [
        first.usage?.inputTokens,
        second.usage?.inputTokens,
      ];
      expectTrue(after > before, `${before} input tokens before, ${after} after`);
    }),
    visit('lists the simulated models', suite, async ({ client }) => {
      const { models, failures } = await client.models();
      expectMatch(failures, [], 'failures');
      expectTrue(
        models.some(({ id }) => id === suite.model),
        `${suite.model} is listed`,
      );
    }),
  ];
}

function faults<S extends SimulatedServer>(suite: SimulatedSuite<S>): readonly Check[] {
  const broken = async (
    { server, client, ask }: Visit<S>,
    fault: string,
  ): Promise<InferwayError> => {
    server.faults.next(fault);
    return failureOf(client.chat.stream(ask).then((stream) => stream.result));
  };
  return [
    ...HARMLESS.map((fault) =>
      visit(`${fault} changes nothing in the text`, suite, async ({ server, client, ask }) => {
        const { text } = await client.chat(ask);
        server.faults.next(fault);
        const faulty = await (await client.chat.stream(ask)).result;
        expectMatch(faulty.text, text, 'the text');
        expectTrue(
          faulty.cost?.known !== true || faulty.cost.total > 0,
          'a cost that is known is none of 0',
        );
      }),
    ),
    ...Object.entries(FATAL).map(([fault, code]) =>
      visit(`${fault} is ${code}`, suite, async (one) => {
        const { provider, id } = one.ask.model;
        const wanted = { code, retryable: true, provider, model: id };
        expectMatch(await broken(one, fault), wanted, 'the error');
      }),
    ),
    ...['F06', 'F07', 'F12'].map((fault) =>
      visit(`${fault} is the error that the body names`, suite, async (one) => {
        const error = await broken(one, fault);
        expectTrue(
          error.status === 200 && error.providerCode !== undefined,
          `${error.status} ${error.providerCode}`,
        );
      }),
    ),
    visit('F03: a call that was cut is never handed out', suite, async (one) => {
      const ask = { ...one.ask, tools: [WEATHER], toolChoice: 'required' } as const;
      const error = await broken({ ...one, ask }, 'F03');
      expectMatch(error.code, 'stream_interrupted', 'the code');
      expectTrue(!JSON.stringify(error.partial).includes('tool-call'), 'no call in error.partial');
    }),
  ];
}

function visit<S extends SimulatedServer>(
  name: string,
  { server: makeServer, provider: makeProvider, model }: SimulatedSuite<S>,
  body: (visit: Visit<S>) => Promise<void>,
): Check {
  return {
    name,
    async run() {
      const server = makeServer();
      await server.listen();
      const provider = makeProvider(server) as ProviderOf<string, 'chat'>;
      const client = createClient({
        providers: [provider],
        middleware: [cost({ prices: server.priceBook })],
      });
      const messages = [{ role: 'user', content: 'Write 40 words about harbours.' }] as const;
      try {
        await body({
          server,
          client,
          ask: { model: { provider: provider.name, id: model }, messages },
        });
      } finally {
        await server.close();
        await client.close();
      }
    },
  };
}
