import { Credential, type Middleware } from '@inferway/core';
import { expectMatch, expectTrue } from '../expect.js';
import { benched, type Check } from '../provider/check.js';
import { secretOf } from '../provider/secret-of.js';
import { shapes, type Subject } from '../provider/subject.js';
import type { WireRequest } from '../wire/wire-request.js';

/** A key of the form that the adapter's own has. */
const callKey = ({ apiKey }: Subject): string =>
  `${apiKey.slice(0, 3)}ofthecall1679091c5a880faf6fb5e6087eb1b2dc`;

/** What goes out: one key in one header, and a body that says what was asked. */
export function requests(subject: Subject): readonly Check[] {
  const { apiKey, script, model, sample } = subject;
  return [
    benched('the key is in one header, once, and nowhere else', subject, async (bench) => {
      for (const stream of shapes(subject)) {
        bench.answerSample(stream);
        await bench.ask(stream);
      }
      for (const { requests: sent } of bench.stage.calls)
        for (const one of sent) carriesOnce(one, apiKey);
    }),
    benched(
      'the credential of a call stands in the place of the adapter’s own key',
      subject,
      async (bench) => {
        for (const stream of shapes(subject)) {
          bench.answerSample(stream);
          await bench.ask(stream);
        }
        for (const { requests: sent } of bench.stage.calls) {
          for (const one of sent) {
            carriesOnce(one, callKey(subject));
            expectTrue(!one.head.includes(apiKey), 'the adapter’s own key is not sent');
          }
        }
      },
      () => ({ middleware: [withCredential(callKey(subject))] }),
    ),
    ...shapes(subject).map((stream) =>
      benched(
        `a ${stream ? 'streamed' : 'unary'} call says what was asked`,
        subject,
        async (bench) => {
          bench.answerSample(stream);
          await bench.ask(stream);
          const [request] = bench.stage.call.requests;
          expectTrue(request !== undefined, 'a request came');
          expectTrue(
            request.path.startsWith('/base'),
            `the path ${request.path} is beneath the base URL`,
          );
          expectTrue(
            readable(request).includes(secretOf(subject)),
            'the text of the request is in its body',
          );
          if (/json/u.test(request.headers['content-type'] ?? '')) JSON.parse(request.body);
          expectTrue(
            !/undefined|\bNaN\b|\[object /u.test(request.body),
            'nothing undefined is written',
          );
          await script.checkRequest?.(request, { model, stream, request: sample.request });
        },
      ),
    ),
    benched('a call is one call: nothing else is asked of the server', subject, async (bench) => {
      for (const stream of shapes(subject)) {
        bench.answerSample(stream);
        await bench.ask(stream);
      }
      expectMatch(bench.stage.calls.length, shapes(subject).length, 'calls');
    }),
  ];
}

const withCredential =
  (key: string): Middleware =>
  (call, next) =>
    next({ ...call, credential: new Credential(key, 'of the call') } as never) as never;

function carriesOnce(request: WireRequest, key: string): void {
  const lines = request.head.split('\r\n').slice(1);
  expectMatch(lines.filter((line) => line.includes(key)).length, 1, 'header lines with the key');
  expectTrue(!request.path.includes(key), 'the key is not in the path');
  expectTrue(!request.body.includes(key), 'the key is not in the body');
}

/** The body with what JSON escapes as it was written. */
function readable({ body }: WireRequest): string {
  return `${body}${body.replaceAll(/\\u([0-9a-f]{4})/giu, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)))}`;
}
