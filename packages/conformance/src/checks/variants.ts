import { expectMatch } from '../expect.js';
import { benched, type Check } from '../provider/check.js';
import type { Subject } from '../provider/subject.js';
import type { WireAnswer } from '../wire/wire-answer.js';

/** Answers in the forms that servers of a protocol are known to have. */
export function variants(subject: Subject): readonly Check[] {
  return (subject.script.variants ?? []).map(
    ({ name, stream, answer, result, usage, error, request }) =>
      benched(name, subject, async (bench) => {
        const isFrames = Array.isArray as (value: unknown) => value is readonly string[];
        bench.answer(
          isFrames(answer)
            ? (): readonly WireAnswer[] => [stream ? { frames: answer } : { body: answer.join('') }]
            : answer,
        );
        const options = request === undefined ? {} : { request };
        if (error !== undefined) {
          expectMatch((await bench.failure(stream, options)).code, error, 'the error’s code');
          return;
        }
        const got = await bench.ask(stream, options);
        if (result !== undefined) expectMatch(got.result, result, 'the result');
        if (usage !== undefined) expectMatch(got.usage, usage ?? undefined, 'the usage');
      }),
  );
}
