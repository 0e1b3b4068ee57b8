import { inspect } from 'node:util';
import { InferwayError } from '@inferway/core';
import { expectMatch, expectTrue } from '../expect.js';
import { benched, type Check } from '../provider/check.js';
import { secretOf } from '../provider/secret-of.js';
import { failureOf } from '../provider/in-time.js';
import { shapes, type Subject } from '../provider/subject.js';
import { jsonAnswer, type WireAnswer } from '../wire/wire-answer.js';

/** No key and no prompt in what an error shows, whatever the server sends back. */
export function secrets(subject: Subject): readonly Check[] {
  const { apiKey, script } = subject;
  const { unaryFailure, failureFrame, stream } = script;
  const prompt = secretOf(subject);
  const echo = `Not with Bearer ${apiKey} (${encodeURIComponent(apiKey)}), who asked: ${prompt}`;
  const own = new InferwayError('invalid_request', { message: echo });
  const answers: Readonly<Record<string, WireAnswer>> = {
    'the protocol’s own error': jsonAnswer(script.error(own), 400),
    'an error object': jsonAnswer(
      { error: { message: echo, code: apiKey, type: apiKey, param: apiKey } },
      401,
    ),
    'a detail': jsonAnswer({ detail: [{ loc: ['body', apiKey], msg: echo, input: prompt }] }, 422),
    'plain text': { status: 500, headers: { 'content-type': 'text/plain' }, body: echo },
    'a web page': {
      status: 502,
      headers: { 'content-type': 'text/html' },
      body: `<html>${echo}</html>`,
    },
    'JSON that is cut': { status: 503, body: `{"error":{"message":"${echo}` },
    'a web page as a success': {
      headers: { 'content-type': 'text/html' },
      body: `<html>${echo}</html>`,
    },
    'malformed JSON as a success': { body: `{"error": ${echo}` },
    ...(unaryFailure === undefined
      ? {}
      : { 'an error as a success': jsonAnswer({ error: { message: echo, code: 500 } }) }),
  };
  return [
    ...Object.entries(answers).map(([what, answer]) =>
      benched(`a server that echoes key and prompt in ${what}`, subject, async (bench) => {
        for (const stream of shapes(subject)) {
          bench.answer(() => [answer]);
          look(await bench.failure(stream), subject);
        }
      }),
    ),
    ...(unaryFailure === undefined
      ? []
      : [
          benched(
            'a server that echoes them in an error inside of a success',
            subject,
            async (bench) => {
              bench.answer((call) => unaryFailure(own, call));
              look(await bench.failure(false), subject);
            },
          ),
        ]),
    ...(failureFrame === undefined || stream === undefined
      ? []
      : [
          benched(
            'a server that echoes them in an error within a stream',
            subject,
            async (bench) => {
              bench.answer((call) => {
                const answers = stream([], call);
                return [
                  ...answers.slice(0, -1),
                  { ...answers.at(-1), frames: [failureFrame(own)] },
                ];
              });
              look(await bench.failure(true), subject);
            },
          ),
        ]),
    benched(
      'a lost connection does not show them',
      subject,
      async (bench) => {
        look(await bench.failure(false), subject);
      },
      () => ({ nowhere: true }),
    ),
    badKey(subject),
    benched(
      'S06: without a key nothing is sent but what needs none',
      subject,
      async (bench) => {
        bench.answerUnary();
        const error = await bench
          .ask(false)
          .catch((reason: unknown) => failureOf(Promise.reject(reason)));
        if (!InferwayError.is(error)) return;
        expectTrue(
          error.code === 'authentication' || error.code === 'configuration',
          `the code is ${error.code}`,
        );
        expectTrue(error.message.length > 20, 'the message tells the cure');
        expectMatch(bench.stage.calls.length, 0, 'requests');
      },
      () => ({ apiKey: '' }),
    ),
  ];
}

function badKey(subject: Subject): Check {
  return {
    name: 'S06: a key that no header can carry is refused without being shown',
    async run() {
      const key = `${subject.apiKey}\r\nx-other: 1`;
      const failed = await Promise.resolve()
        .then(() => subject.factory({ baseUrl: 'http://127.0.0.1:9/base', apiKey: key }))
        .then(
          () => undefined,
          (reason: unknown) => reason,
        );
      expectTrue(InferwayError.is(failed), 'the factory refuses it with an InferwayError');
      expectMatch(failed, { code: 'configuration' }, 'the error');
      look(failed as InferwayError, subject);
    },
  };
}

/** All that a log or a console shows of an error. */
function look(error: InferwayError, subject: Subject): void {
  const shown = shownOf(error);
  const { apiKey } = subject;
  for (const form of [apiKey, encodeURIComponent(apiKey), apiKey.slice(0, -2)]) {
    expectTrue(!shown.includes(form), 'the key is not in what the error shows');
    expectTrue(error.body?.includes(form) !== true, 'the key is not in error.body');
  }
  expectTrue(!shown.includes(secretOf(subject)), 'the prompt is not in what the error shows');
}

function shownOf(error: unknown): string {
  let shown = '';
  for (
    let one: unknown = error, depth = 0;
    one instanceof Error && depth < 10;
    one = one.cause, depth++
  ) {
    shown += [
      one.message,
      one.stack,
      String(one),
      JSON.stringify(one),
      inspect(one, { depth: 10 }),
    ].join('\n');
    shown += Object.values(one)
      .map((value) => inspect(value, { depth: 10 }))
      .join('\n');
  }
  return shown;
}
