import { fileBytes, InferwayError } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BytesBody,
  decodeTask,
  decodeTaskOutput,
  encodeTask,
  encodeTaskOutput,
  fileOf,
  HF_TASKS,
  OPERATION_TASKS,
  operationOf,
  withFile,
  type HfTaskOutput,
  type HfTaskRequest,
} from '../src/index.js';
import { CASES, requestOf } from './hf-tasks-arbitrary.js';

const from = {
  fail: (body: unknown) =>
    new InferwayError('server', { message: `refused: ${JSON.stringify(body)}` }),
};

/** The file of a request as bytes, whichever way it travelled. */
function inBytes(request: HfTaskRequest): unknown {
  const file = fileOf(request.task, request.inputs);
  if (file === undefined) return request;
  const plain = [...fileBytes(file)];
  return { ...request, inputs: withFile(request.task, request.inputs, plain) };
}

const overTheWire = (body: unknown): unknown =>
  body instanceof BytesBody ? body : JSON.parse(JSON.stringify(body));

describe.each(HF_TASKS)('the task %s', (task) => {
  it('is asked for by one door as the other door reads it', () => {
    fc.assert(
      fc.property(requestOf(task), (request) => {
        const read = decodeTask(task, overTheWire(encodeTask(request)));
        expect(inBytes(read.request)).toEqual(inBytes(request));
      }),
    );
  });

  it('is answered by one door as the other door reads it', () => {
    const [inputs, output] = CASES[task];
    fc.assert(
      fc.property(
        inputs as fc.Arbitrary<unknown>,
        output as fc.Arbitrary<HfTaskOutput>,
        (asked, made) => {
          const request = { task, inputs: asked } as HfTaskRequest;
          const body = overTheWire(encodeTaskOutput(task, made));
          expect(decodeTaskOutput(request, body, from)).toEqual(made);
        },
      ),
    );
  });

  it('takes any answer for what it is: an output, or a protocol error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        try {
          decodeTaskOutput({ task, inputs: 'x' } as HfTaskRequest, body, from);
        } catch (error) {
          expect(InferwayError.is(error) && ['protocol', 'server'].includes(error.code)).toBe(true);
        }
      }),
    );
  });

  it('refuses what is no request of it with the field at fault, and never crashes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        try {
          decodeTask(task, body);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_request' });
        }
      }),
    );
  });
});

describe('answers in their older and newer forms', () => {
  const read = (task: HfTaskRequest['task'], body: unknown, inputs: unknown = 'x'): unknown =>
    decodeTaskOutput({ task, inputs } as HfTaskRequest, body, from);

  it('labels in a list, and in a list of a list', () => {
    const labels = [{ label: 'A', score: 0.5 }];
    expect(read('text-classification', labels)).toEqual(labels);
    expect(read('text-classification', [labels])).toEqual(labels);
  });

  it('chosen labels beside their scores, alone, in a list, and each with its own', () => {
    const labels = [
      { label: 'a', score: 0.9 },
      { label: 'b', score: 0.1 },
    ];
    const old = { sequence: 's', labels: ['a', 'b'], scores: [0.9, 0.1] };
    expect(read('zero-shot-classification', old)).toEqual(labels);
    expect(read('zero-shot-classification', [old])).toEqual(labels);
    expect(read('zero-shot-classification', labels)).toEqual(labels);
  });

  it('embeddings of any depth: of tokens their mean, and the tokens', () => {
    expect(read('feature-extraction', [1, 2])).toEqual({ vectors: [[1, 2]] });
    expect(
      read(
        'feature-extraction',
        [
          [1, 2],
          [3, 4],
        ],
        ['a', 'b'],
      ),
    ).toEqual({
      vectors: [
        [1, 2],
        [3, 4],
      ],
    });
    const tokens = [
      [
        [1, 2],
        [3, 4],
      ],
    ];
    const pooled = { vectors: [[2, 3]], tokens };
    expect(read('feature-extraction', tokens[0])).toEqual(pooled);
    expect(read('feature-extraction', tokens)).toEqual(pooled);
    expect(read('feature-extraction', [tokens], ['a'])).toEqual(pooled);
  });

  it('files wherever services put them', () => {
    const url = 'https://files.example/x.png';
    const file = [{ type: 'url', url }];
    for (const body of [
      { output: url },
      { output: [url] },
      { images: [{ url }] },
      { data: [{ url }] },
      { data: { outputs: [url] } },
      { image_result: [{ url }] },
    ]) {
      expect(read('text-to-image', body)).toEqual(file);
    }
    expect(read('text-to-video', { video: { url, content_type: 'video/mp4' } })).toEqual([
      { type: 'url', url, mediaType: 'video/mp4' },
    ]);
    expect(read('text-to-video', { videos: [{ video_url: url }] })).toEqual(file);
    expect(read('text-to-image', { data: [{ b64_json: 'AAAA' }] })).toEqual([
      { type: 'base64', data: 'AAAA', mediaType: 'image/jpeg' },
    ]);
    expect(() => read('text-to-image', { images: [] })).toThrow(/another form/u);
  });

  it('what was heard, in the members of each service', () => {
    expect(read('automatic-speech-recognition', { output: 'hi' })).toEqual({ text: 'hi' });
    expect(read('automatic-speech-recognition', { output: { transcription: 'hi' } })).toEqual({
      text: 'hi',
    });
    const segments = [{ text: 'hi', start: 0, end: 1 }];
    expect(read('automatic-speech-recognition', { text: 'hi', segments })).toEqual({
      text: 'hi',
      chunks: segments,
    });
  });

  it('an error inside of a success is that error', () => {
    expect(() => read('fill-mask', { error: 'no' })).toThrow(/refused/u);
    expect(() =>
      read('text-to-image', { output: ['https://x.example/a'], error: null }),
    ).not.toThrow();
  });
});

describe('operations that are tasks', () => {
  it('say the same both ways, and tell what the task has no word for', () => {
    const told: string[] = [];
    const warn = ({ setting = '' }: { readonly setting?: string | undefined }): void => {
      told.push(setting);
    };
    const { image, transcribe, complete } = OPERATION_TASKS;
    const asked = { prompt: 'a river', size: '64x32', steps: 4, negativePrompt: 'people' } as const;
    const task = image.toTask({ ...asked, quality: 'high' }, { scheduler: 'ddim' }, warn);
    expect(task).toEqual({
      task: 'text-to-image',
      inputs: 'a river',
      parameters: {
        width: 64,
        height: 32,
        num_inference_steps: 4,
        negative_prompt: 'people',
        scheduler: 'ddim',
      },
    });
    expect(told).toEqual(['quality']);
    expect(image.toRequest(task)).toEqual([asked, { scheduler: 'ddim' }]);
    const audio = { type: 'bytes', data: new Uint8Array([1]), mediaType: 'audio/wav' } as const;
    const heard = transcribe.toTask(
      { audio, timestamps: ['word'], language: 'en' },
      undefined,
      warn,
    );
    expect(heard.parameters).toEqual({ return_timestamps: 'word', language: 'en' });
    expect(transcribe.toRequest(heard)).toEqual([
      { audio, timestamps: ['word'], language: 'en' },
      {},
    ]);
    const text = complete.toTask(
      { prompt: 'Once', maxOutputTokens: 5, stop: ['.'] },
      undefined,
      warn,
    );
    expect(text.parameters).toEqual({ max_new_tokens: 5, stop: ['.'] });
    expect(complete.toResult({ text: 'x', finishReason: 'length' })).toEqual({
      text: 'x',
      finishReason: { unified: 'length', raw: 'length' },
    });
  });

  it('are found by their tasks', () => {
    for (const [operation, { task }] of Object.entries(OPERATION_TASKS)) {
      expect(operationOf(task({} as never))).toBe(operation);
    }
    expect(operationOf('image-to-image')).toBe('image');
    expect(operationOf('fill-mask')).toBeUndefined();
  });
});
