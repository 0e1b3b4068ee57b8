import { messageText, messageToolCalls, type ChatEvent, type Usage } from '@inferway/core';
import { seededRandom } from '@inferway/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readers } from './recorded-providers.js';
import { damagedList } from './damage.js';
import { frames, hasRecordings, recordings, type Recording } from './recordings.js';
import { outcomeOf, Replay, type Outcome, type Served } from './replay.js';

const replay = new Replay();
let url = '';
beforeAll(async () => {
  url = await replay.listen();
});
afterAll(() => replay.close());

const streams = recordings.filter(({ stream }) => stream);
const bodies = recordings.filter(({ stream }) => !stream);

/** Every adapter that reads the protocol gets the same bytes. */
async function outcomes(
  recording: Recording,
  served: Served,
  count = Infinity,
): Promise<Outcome[]> {
  const all: Outcome[] = [];
  for (const create of readers[recording.protocol].slice(0, count)) {
    replay.next = served;
    all.push(await outcomeOf(create(url), recording.stream));
  }
  return all;
}

const events = (text: string): Served => ({ type: 'text/event-stream', pieces: [text] });
const body = (value: unknown): Served => ({
  type: 'application/json',
  pieces: [JSON.stringify(value)],
});

function textOf(list: readonly ChatEvent[]): string {
  return list
    .flatMap((event) =>
      event.type === 'text-delta' && (event.choice ?? 0) === 0 ? event.text : [],
    )
    .join('');
}

/** Totals hold their parts, and nothing is below zero. */
function checkUsage(usage: Usage | undefined): void {
  const { inputTokens, outputTokens, reasoningTokens, cacheReadTokens, cacheWriteTokens } =
    usage ?? {};
  if (inputTokens !== undefined)
    expect(inputTokens).toBeGreaterThanOrEqual((cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0));
  if (outputTokens !== undefined) expect(outputTokens).toBeGreaterThanOrEqual(reasoningTokens ?? 0);
}

async function checkWhole(recording: Recording, outcome: Outcome, index: number): Promise<void> {
  const { answer, error } = outcome;
  if (answer === undefined) {
    // What was an error when it was recorded, and a stream that another was spliced into.
    expect(recording.name).toMatch(/error|spliced|skill-create/u);
    expect(error?.code).toMatch(/^(billing|protocol|stream_interrupted)$/u);
    return;
  }
  if (recording.stream) expect(textOf(outcome.events)).toBe(messageText(answer.message));
  const calls = messageToolCalls(answer.message);
  for (const call of calls) JSON.parse(call.arguments);
  checkUsage(answer.usage);
  expect(answer.finishReason.unified).not.toBe('unknown');
  const create = readers[recording.protocol][index];
  if (create === undefined) return;
  replay.next = body({});
  const results = calls.map((call) => ({
    type: 'tool-result' as const,
    id: call.id,
    content: 'done',
  }));
  const { error: refused } = await outcomeOf(create(url), false, [
    { role: 'user', content: 'Hello.' },
    answer.message,
    results.length === 0 ? { role: 'user', content: 'And?' } : { role: 'tool', content: results },
  ]);
  // The server answers nothing of use; what must not fail is what was sent.
  expect(['empty_response', 'protocol']).toContain(refused?.code);
}

describe.skipIf(!hasRecordings)('recorded answers, over a socket, through every adapter', () => {
  it.each(bodies)('$name is an answer or a typed error, and goes back', async (recording) => {
    const all = await outcomes(recording, body(recording.payloads[0]));
    for (const [index, outcome] of all.entries()) await checkWhole(recording, outcome, index);
  });

  it.each(streams)('$name is the same however it is cut into packets', async (recording) => {
    const text = frames(recording, recording.payloads).join('');
    const all = await outcomes(recording, events(text));
    for (const [index, outcome] of all.entries()) await checkWhole(recording, outcome, index);
    const odd = Buffer.from(text.replaceAll('\n\n', '\n: a comment\n\n').replaceAll('\n', '\r\n'));
    const random = seededRandom(7);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < odd.length;) {
      const size = 1 + Math.floor(random() * (odd.length / 40 + 3));
      pieces.push(odd.subarray(at, at + size));
      at += size;
    }
    const again = await outcomes(recording, { type: 'text/event-stream', pieces });
    for (const [index, { events: list }] of again.entries())
      expect(list).toEqual(all[index]?.events);
  });

  it.each(streams)('$name cut anywhere is no success', async (recording) => {
    const bytes = Buffer.from(frames(recording, recording.payloads).join(''));
    const random = seededRandom(11);
    const [whole] = await outcomes(recording, events(bytes.toString()), 1);
    for (let round = 0; round < 12; round++) {
      // The last frame of a chat may be its usage and its [DONE]: those come after the answer's finish.
      const at = Math.floor(random() * bytes.length * 0.97);
      const cut = round % 2 === 0;
      const [outcome] = await outcomes(
        recording,
        { type: 'text/event-stream', pieces: [bytes.subarray(0, at)], cut },
        1,
      );
      const partial = outcome?.error?.partial as Outcome['answer'];
      if (outcome?.answer !== undefined) {
        expect(outcome.answer.message, `cut at ${at} of ${bytes.length}`).toEqual(
          whole?.answer?.message,
        );
        continue;
      }
      expect(outcome?.error?.code).toMatch(
        /^(stream_interrupted|connection|empty_response|protocol)$/u,
      );
      if (partial !== undefined)
        expect(messageText(partial.message)).toBe(textOf(outcome?.events ?? []));
    }
  });

  it.each(recordings)(
    '$name, damaged, is an answer or a typed error, in time',
    async (recording) => {
      const random = seededRandom(23);
      for (let round = 0; round < 25; round++) {
        const payloads = damagedList(recording, random);
        const served = recording.stream
          ? events(frames(recording, payloads).join(''))
          : body(payloads[0]);
        // Whatever is thrown that is no InferwayError fails here; one of ours would be `internal`.
        const [outcome] = await outcomes(recording, served, 1);
        expect(outcome?.error?.code, String(outcome?.error?.cause)).not.toBe('internal');
        const answer = outcome?.answer;
        if (answer !== undefined) expect(Array.isArray(answer.message.content)).toBe(true);
      }
    },
  );
});

describe.skipIf(hasRecordings)('recorded answers', () => {
  it('are not on this machine, so nothing was checked against them', () => {
    expect(hasRecordings).toBe(false);
  });
});
