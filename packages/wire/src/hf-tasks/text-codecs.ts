import { isJsonObject, type JsonObject } from '@inferway/core';
import { defined } from '../json-body.js';
import { asCount, asList, asNumber, asObject, asString, asText } from '../lenient.js';
import { listCodec, objectsOf, readAll, type OutputCodec } from './codec.js';
import type { FoundAnswer, GeneratedText, HeardSpeech, TableAnswer } from './outputs.js';

/** One text for each input, in a member of this name. */
export function texts(member: string): OutputCodec<readonly string[]> {
  return listCodec(
    (entry) => asString(entry[member]),
    (text) => ({ [member]: text }),
  );
}

/** A text that a model wrote of an image, or read in it. */
export const caption: OutputCodec<string> = {
  decode(body) {
    const [first] = objectsOf(body) ?? [];
    if (first === undefined) return undefined;
    return asString(first['generated_text']) ?? asString(first['md_results']);
  },
  encode: (text) => ({ generated_text: text }),
};

/** Generated text: TGI's form, or that of a completion. */
export const generated: OutputCodec<GeneratedText> = {
  decode(body) {
    const [first] = objectsOf(body) ?? [];
    if (first === undefined) return undefined;
    const choice = asObject(asList(first['choices'])[0]);
    const text = asString(first['generated_text']) ?? asString(choice?.['text']);
    if (text === undefined) return undefined;
    const details = asObject(first['details']) ?? {};
    const usage = asObject(first['usage']) ?? {};
    return defined({
      text,
      finishReason: asText(details['finish_reason']) ?? asText(choice?.['finish_reason']),
      generatedTokens: asCount(details['generated_tokens']) ?? asCount(usage['completion_tokens']),
      inputTokens: asCount(details['input_length']) ?? asCount(usage['prompt_tokens']),
      seed: asNumber(details['seed']) ?? asNumber(choice?.['seed']),
    });
  },
  encode({ text, finishReason, generatedTokens, inputTokens, seed }) {
    const details = defined({
      finish_reason: finishReason,
      generated_tokens: generatedTokens,
      input_length: inputTokens,
      seed,
    });
    const body = { generated_text: text };
    return [Object.keys(details).length === 0 ? body : { ...body, details }];
  },
};

/** Answers that were found, one or several. */
export const answers: OutputCodec<readonly FoundAnswer[]> = listCodec(
  (entry) => {
    const answer = asString(entry['answer']);
    if (answer === undefined) return undefined;
    const score = asNumber(entry['score']);
    const start = asNumber(entry['start']);
    return defined({ answer, score, start, end: asNumber(entry['end']) });
  },
  (answer) => ({ ...answer }),
);

/** Answers of a table. Some servers write `NONE` for no aggregation, others leave it out. */
export const tableAnswers: OutputCodec<readonly TableAnswer[]> = {
  decode: (body) => readAll(objectsOf(body), readTableAnswer),
  encode: (output) =>
    output.map(({ aggregator, ...rest }) => ({ ...rest, aggregator: aggregator ?? 'NONE' })),
};

function readTableAnswer(entry: JsonObject): TableAnswer | undefined {
  const answer = asString(entry['answer']);
  if (answer === undefined) return undefined;
  const aggregator = asText(entry['aggregator']);
  return {
    answer,
    coordinates: asList(entry['coordinates']).map((cell) =>
      asList(cell).filter((place) => typeof place === 'number'),
    ),
    cells: asList(entry['cells']).map(String),
    ...(aggregator === undefined || aggregator === 'NONE' ? {} : { aggregator }),
  };
}

/** What was heard. The text is in `text`, or in `output` of some; times in `chunks`, or in `segments`. */
export const speech: OutputCodec<HeardSpeech> = {
  decode(body) {
    const [first] = objectsOf(body) ?? [];
    const text = first === undefined ? undefined : saidIn(first);
    if (first === undefined || text === undefined) return undefined;
    const timed = [...asList(first['chunks']), ...asList(first['segments'])].flatMap(
      (chunk) => readChunk(isJsonObject(chunk) ? chunk : {}) ?? [],
    );
    return timed.length === 0 ? { text } : { text, chunks: timed };
  },
  encode: ({ text, chunks }) =>
    chunks === undefined
      ? { text }
      : {
          text,
          chunks: chunks.map(({ text: said, start, end }) => ({
            text: said,
            timestamp: [start, end ?? null],
          })),
        },
};

// Services that run any model give what the model gave.
function saidIn(answer: JsonObject): string | undefined {
  const { text, output } = answer;
  const [inner] = Array.isArray(output) ? asList(output) : [output];
  const given = asObject(inner);
  return (
    asString(text) ??
    asString(inner) ??
    asString(given?.['transcription']) ??
    asString(given?.['translation']) ??
    asString(given?.['text'])
  );
}

function readChunk(chunk: JsonObject): NonNullable<HeardSpeech['chunks']>[number] | undefined {
  const text = asString(chunk['text']);
  const [from, to] = asList(chunk['timestamp'] ?? chunk['timestamps']);
  const start = asNumber(from) ?? asNumber(chunk['start']);
  if (text === undefined || start === undefined) return undefined;
  return defined({ text, start, end: asNumber(to) ?? asNumber(chunk['end']) });
}
