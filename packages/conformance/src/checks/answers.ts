import { expectMatch } from '../expect.js';
import { benched, type Check } from '../provider/check.js';
import { shapes, streams, type Subject } from '../provider/subject.js';
import { expected, expectUsage } from '../provider/expected.js';

/** What a provider answers well is what the caller gets. */
export function answers(subject: Subject): readonly Check[] {
  const { sample } = subject;
  return [
    ...shapes(subject).map((stream) =>
      benched(stream ? 'a streamed answer' : 'a unary answer', subject, async (bench) => {
        bench.answerSample(stream);
        const got = await bench.ask(stream);
        expectMatch(got.result, expected(subject, sample.answer), 'the result');
        expectUsage(got.usage, subject, sample.answer);
        expectMatch(got.meta, { provider: bench.provider.name, model: subject.model }, 'meta');
        expectMatch(bench.stage.calls.length, 1, 'requests for one call');
      }),
    ),
    ...(streams(subject)
      ? [
          benched(
            'F11: a whole answer to a streamed call becomes events',
            subject,
            async (bench) => {
              bench.answerUnary();
              const got = await bench.ask(true);
              expectMatch(got.result, expected(subject, sample.answer), 'the result');
            },
          ),
        ]
      : []),
  ];
}
