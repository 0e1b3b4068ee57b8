import { expectMatch } from '../expect.js';
import { benched, type Check } from '../provider/check.js';
import type { Subject } from '../provider/subject.js';
import { isEventStream, withoutCallIds } from '../provider/wire-view.js';
import { chunked, type Pieces } from '../stage/delivery.js';

const text =
  (change: (text: string) => string): Pieces =>
  (body) => [change(body.toString())];

const FORMS: Readonly<Record<string, Pieces>> = {
  'F20: lines that end in CRLF': text((body) => body.replaceAll('\n', '\r\n')),
  'F21: CR and LF in different pieces': (body) =>
    body
      .toString()
      .replaceAll('\n', '\r\n')
      .split(/(?<=\r)/u),
  'F22: lines that end in CR': text((body) => body.replaceAll('\n', '\r')),
  'F22: a byte order mark': text((body) => `\uFEFF${body}`),
  'F22: no space after the colon': text((body) => body.replaceAll(/^(data|event): /gmu, '$1:')),
  'F22: no blank line after the last event': text((body) => body.trimEnd()),
  'F23: comments and keep-alives before, between and within events': text(
    (body) =>
      `: hello\n\n\n${body.replaceAll(/^data:/gmu, ': ping\ndata:').replaceAll('\n\n', '\n\n:\n\n')}`,
  ),
  'F24: data over several lines': text((body) =>
    body.replaceAll(/^data: ?\{/gmu, 'data: {\ndata: '),
  ),
  'fields that mean nothing here': text((body) =>
    body.replaceAll(/^data:/gmu, 'id: 1\nretry: 5\nnonsense\ndata:'),
  ),
};

/** Server-sent events in every form that the standard allows. */
export function framing(subject: Subject): readonly Check[] {
  if (!isEventStream(subject)) return [];
  return Object.entries(FORMS).map(([name, pieces]) =>
    benched(name, subject, async (bench) => {
      bench.answerStream();
      const plain = await bench.ask(true);
      bench.answerStream(undefined, chunked(pieces));
      const got = await bench.ask(true);
      expectMatch(withoutCallIds(got.events), withoutCallIds(plain.events), 'the events');
      expectMatch(withoutCallIds(got.usage), withoutCallIds(plain.usage), 'the usage');
    }),
  );
}
