import { InferwayError, type FileData } from '@inferway/core';
import type { HfTask } from '@inferway/huggingface';
import { HF_TASKS } from '@inferway/wire';
import { expect, test } from 'vitest';
import { simulated } from './support/simulated.js';

const { simulator, connect } = simulated();

const model = (task: HfTask, provider = 'hf-inference'): `huggingface/${string}` =>
  `huggingface/inferway/sim-${task}${provider === '' ? '' : `:${provider}`}`;

async function picture(): Promise<FileData> {
  const { output } = await connect().task({
    model: model('text-to-image'),
    task: 'text-to-image',
    inputs: 'a picture to look at',
    parameters: { width: 48, height: 32 },
  });
  const [image] = output;
  if (image === undefined) throw new Error('no picture');
  return image;
}

async function sound(text: string): Promise<FileData> {
  const answer = await connect().speech({ model: model('text-to-speech'), text });
  return answer.audio;
}

test('text is classified, labelled and filled in, and who did it is told', async () => {
  const { task } = connect({ billTo: 'an-org' });
  const felt = await task({
    model: model('text-classification'),
    task: 'text-classification',
    inputs: 'I love this, it is a wonderful thing.',
  });
  expect(felt.output.map(({ label }) => label)).toEqual(['POSITIVE', 'NEGATIVE']);
  expect(felt.output[0]?.score).toBeGreaterThan(0.9);
  expect(felt.meta.servedBy).toBe('hf-inference');
  expect(felt.meta.timings?.server).toEqual({ compute: 42 });
  expect(simulator.bill.entries.at(-1)).toMatchObject({
    billTo: 'an-org',
    operation: 'text-classification',
  });
  const chosen = await task({
    model: model('zero-shot-classification'),
    task: 'zero-shot-classification',
    inputs: 'The river has carried the boat to the sea.',
    parameters: { candidate_labels: ['a river boat', 'a tax form'] },
  });
  expect(chosen.output[0]?.label).toBe('a river boat');
  const found = await task({
    model: model('token-classification'),
    task: 'token-classification',
    inputs: 'yesterday Ada Lovelace wrote',
  });
  expect(found.output).toMatchObject([{ word: 'Ada Lovelace', start: 10, end: 22 }]);
  const filled = await task({
    model: model('fill-mask'),
    task: 'fill-mask',
    inputs: 'Say [MASK] and [MASK].',
  });
  expect(new Set(filled.output.map(({ mask }) => mask))).toEqual(new Set([0, 1]));
  expect(filled.output[0]?.sequence).toBe('Say the and [MASK].');
});

test('texts are shortened, translated and gone on with', async () => {
  const { task } = connect();
  const short = await task({
    model: model('summarization'),
    task: 'summarization',
    inputs: ['One thing. Another thing.', 'Only one.'],
  });
  expect(short.output).toEqual(['One thing.', 'Only one.']);
  const told = await task({
    model: model('translation'),
    task: 'translation',
    inputs: 'Good day.',
    parameters: { src_lang: 'en', tgt_lang: 'de' },
  });
  expect(told.output).toEqual(['[de] Good day.']);
  const more = await task({
    model: model('text-generation', 'together'),
    task: 'text-generation',
    inputs: 'Once upon a time',
    parameters: { max_new_tokens: 12 },
  });
  expect(more.output.text.length).toBeGreaterThan(10);
  expect(more.output.finishReason).toBe('length');
  expect(more.meta.servedBy).toBe('together');
  expect(more.usage?.outputTokens).toBe(12);
});

test('questions are answered from texts, tables, pictures and documents', async () => {
  const { task } = connect();
  const [answer] = (
    await task({
      model: model('question-answering'),
      task: 'question-answering',
      inputs: {
        question: 'What is the capital of France?',
        context: 'The capital of France is Paris.',
      },
    })
  ).output;
  expect(answer).toMatchObject({ answer: 'Paris', start: 25, end: 30 });
  const cell = await task({
    model: model('table-question-answering'),
    task: 'table-question-answering',
    inputs: {
      query: 'How many stars does Transformers have?',
      table: { Repository: ['Datasets', 'Transformers'], Stars: ['4512', '36542'] },
    },
  });
  expect(cell.output).toEqual([{ answer: '36542', coordinates: [[1, 1]], cells: ['36542'] }]);
  const image = await picture();
  for (const name of ['visual-question-answering', 'document-question-answering'] as const) {
    const seen = await task({
      model: model(name),
      task: name,
      inputs: { image, question: 'What?' },
    });
    expect(seen.output[0]?.answer).toMatch(/^a /u);
  }
});

test('numbers: likeness, features and tables', async () => {
  const client = connect();
  const like = await client.task({
    model: model('sentence-similarity'),
    task: 'sentence-similarity',
    inputs: { sourceSentence: 'a happy person', sentences: ['a very happy person', 'a tax form'] },
  });
  expect(like.output[0] ?? 0).toBeGreaterThan(like.output[1] ?? 1);
  const one = await client.task({
    model: model('feature-extraction'),
    task: 'feature-extraction',
    inputs: 'a text',
  });
  expect(one.output.vectors.map((vector) => vector.length)).toEqual([256]);
  const two = await client.embed({ model: model('feature-extraction'), input: ['a text', 'b'] });
  expect(two.embeddings).toHaveLength(2);
  expect(two.embeddings[0]).toEqual(one.output.vectors[0]);
  const data = { a: ['1', '9'], b: ['3', '11'] };
  const rows = await client.task({
    model: model('tabular-regression'),
    task: 'tabular-regression',
    inputs: { data },
  });
  expect(rows.output).toEqual([2, 10]);
  const classes = await client.task({
    model: model('tabular-classification'),
    task: 'tabular-classification',
    inputs: { data },
  });
  expect(classes.output).toEqual([0, 1]);
});

test('pictures are classified, taken apart, told and changed; their bytes are real', async () => {
  const { task } = connect();
  const image = await picture();
  expect(image).toMatchObject({ type: 'bytes', mediaType: 'image/png' });
  for (const name of ['image-classification', 'object-detection', 'image-segmentation'] as const) {
    const seen = await task({ model: model(name), task: name, inputs: image });
    expect(seen.output[0]?.label).toMatch(/^a /u);
  }
  const [thing] = (
    await task({ model: model('object-detection'), task: 'object-detection', inputs: image })
  ).output;
  expect(thing?.box).toEqual({ xmin: 0, ymin: 0, xmax: 24, ymax: 32 });
  const [zero] = (
    await task({
      model: model('zero-shot-image-classification'),
      task: 'zero-shot-image-classification',
      inputs: image,
      parameters: { candidate_labels: ['a lighthouse', 'a tortoise'] },
    })
  ).output;
  expect(zero?.label).toMatch(/^a (?:lighthouse|tortoise)$/u);
  const said = await task({ model: model('image-to-text'), task: 'image-to-text', inputs: image });
  expect(said.output).toContain('48 by 32');
  const [changed] = (
    await task({
      model: model('image-to-image'),
      task: 'image-to-image',
      inputs: image,
      parameters: { prompt: 'in blue' },
    })
  ).output;
  expect(changed).toMatchObject({ type: 'bytes', mediaType: 'image/png' });
});

test('what is spoken is heard again, with times; sounds are classified and taken apart', async () => {
  const client = connect();
  const audio = await sound('The kettle is on.');
  expect(audio).toMatchObject({ type: 'bytes', mediaType: 'audio/wav' });
  const heard = await client.transcribe({
    model: model('automatic-speech-recognition'),
    audio,
    timestamps: ['word'],
  });
  expect(heard.text).toBe('The kettle is on.');
  expect(heard.words?.map(({ word }) => word)).toEqual(['The', 'kettle', 'is', 'on.']);
  const stream = await client.transcribe.stream({
    model: model('automatic-speech-recognition'),
    audio,
  });
  expect(await stream.text).toBe('The kettle is on.');
  const mood = await client.task({
    model: model('audio-classification'),
    task: 'audio-classification',
    inputs: audio,
    parameters: { top_k: 2 },
  });
  expect(mood.output).toHaveLength(2);
  const pieces = await client.task({
    model: model('audio-to-audio'),
    task: 'audio-to-audio',
    inputs: audio,
  });
  expect(pieces.output[0]?.audio).toMatchObject({ type: 'base64', mediaType: 'audio/wav' });
});

test('every task of the format has been asked of the simulator by now, or is a partner’s', () => {
  const asked = new Set(simulator.bill.entries.toArray().map(({ operation }) => operation));
  const partners = ['text-generation', 'text-to-audio', 'text-to-video', 'image-to-video'];
  expect(HF_TASKS.filter((task) => !asked.has(task) && !partners.includes(task))).toEqual([]);
});

test('bad input to a task is a typed error', async () => {
  const { task } = connect();
  const failures = [
    task({ model: model('fill-mask'), task: 'fill-mask', inputs: 'no mask' }),
    task({ model: 'huggingface/org/none:hf-inference', task: 'fill-mask', inputs: '[MASK]' }),
    task({ model: model('fill-mask', 'nobody'), task: 'fill-mask', inputs: '[MASK]' }),
    task({ model: model('fill-mask', 'groq'), task: 'fill-mask', inputs: '[MASK]' }),
    task({ model: model('image-to-text'), task: 'image-to-text', inputs: 'not a file' }),
    task({
      model: model('image-to-text'),
      task: 'image-to-text',
      inputs: { type: 'file-id', id: 'file-1' },
    }),
  ].map((failing) => failing.then(() => undefined, InferwayError.from));
  const errors = await Promise.all(failures);
  expect(errors.map((error) => error?.code)).toEqual([
    'invalid_request',
    'not_found',
    'not_found',
    'not_found',
    'invalid_request',
    'invalid_request',
  ]);
  expect(errors[3]?.message).toContain('hf-inference (fill-mask, live)');
  expect(errors[0]).toMatchObject({
    status: 400,
    provider: 'huggingface',
    servedBy: 'hf-inference',
  });
  expect(errors[0]?.requestId).toBeDefined();
});
