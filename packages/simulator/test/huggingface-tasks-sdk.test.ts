import { InferenceClient, InferenceClientProviderApiError } from '@huggingface/inference';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSimulator } from '../src/index.js';
import { png } from '../src/media/png.js';
import { wav } from '../src/media/wav.js';

const simulator = createSimulator();
beforeAll(() => simulator.listen());
afterAll(() => simulator.close());

// The client knows its hosts by heart, and asks for work that goes on with the global fetch.
const real = fetch;
beforeEach(() => {
  vi.stubGlobal('fetch', (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
    const url = String(input instanceof Request ? input.url : input)
      .replace('https://router.huggingface.co', simulator.baseUrls.huggingfaceRoot)
      .replace('https://huggingface.co', simulator.baseUrls.huggingfaceRoot);
    return real(url, init);
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const client = new InferenceClient('hf_test');
const provider = 'hf-inference' as const;
const of = (task: string) => ({ model: `inferway/sim-${task}`, provider });
const image = new Blob([Uint8Array.from(png('to be looked at', 48, 32))], { type: 'image/png' });
const audio = new Blob([Uint8Array.from(wav('The kettle is on.', 1))], { type: 'audio/wav' });
const kindOf = async (blob: Blob): Promise<string> =>
  Buffer.from(await blob.arrayBuffer()).toString('latin1', 0, 12);

describe('the official Hugging Face client, at hf-inference', () => {
  it('classifies, marks and fills in text', async () => {
    const felt = await client.textClassification({
      ...of('text-classification'),
      inputs: 'I love it.',
    });
    expect(felt[0]?.label).toBe('POSITIVE');
    const chosen = await client.zeroShotClassification({
      ...of('zero-shot-classification'),
      inputs: 'a red boat',
      parameters: { candidate_labels: ['boat', 'tax'] },
    });
    expect(chosen[0]?.label).toBe('boat');
    const names = await client.tokenClassification({
      ...of('token-classification'),
      inputs: 'said Ada Lovelace',
    });
    expect(names[0]?.word).toBe('Ada Lovelace');
    const filled = await client.fillMask({ ...of('fill-mask'), inputs: 'A [MASK].' });
    expect(filled[0]?.sequence).toBe('A the.');
  });

  it('shortens, translates and continues text', async () => {
    const short = await client.summarization({ ...of('summarization'), inputs: 'One. Two.' });
    expect(short.summary_text).toBe('One.');
    const told = await client.translation({ ...of('translation'), inputs: 'Good day.' });
    expect(told).toMatchObject({ translation_text: '[xx] Good day.' });
    const more = await client.textGeneration({
      ...of('text-generation'),
      inputs: 'Once upon a time',
      parameters: { max_new_tokens: 12 },
    });
    expect(more.generated_text.length).toBeGreaterThan(10);
  });

  it('answers questions', async () => {
    const answer = await client.questionAnswering({
      ...of('question-answering'),
      inputs: {
        question: 'What is the capital of France?',
        context: 'The capital of France is Paris.',
      },
    });
    expect(answer).toMatchObject({ answer: 'Paris', start: 25, end: 30 });
    const cell = await client.tableQuestionAnswering({
      ...of('table-question-answering'),
      inputs: {
        question: 'How many stars has Transformers?',
        table: { Repository: ['Datasets', 'Transformers'], Stars: ['4512', '36542'] },
      },
    });
    expect(cell).toMatchObject({ answer: '36542', coordinates: [[1, 1]], aggregator: 'NONE' });
    const inputs = { image, question: 'What is it?' };
    const seen = await client.visualQuestionAnswering({
      ...of('visual-question-answering'),
      inputs,
    });
    expect(seen.answer).toMatch(/^a /u);
    const read = await client.documentQuestionAnswering({
      ...of('document-question-answering'),
      inputs,
    });
    expect(read.answer).toMatch(/^a /u);
  });

  it('measures texts and tables', async () => {
    const like = await client.sentenceSimilarity({
      ...of('sentence-similarity'),
      inputs: {
        source_sentence: 'a happy person',
        sentences: ['a very happy person', 'a tax form'],
      },
    });
    expect(like[0] ?? 0).toBeGreaterThan(like[1] ?? 1);
    const vector = await client.featureExtraction({
      ...of('feature-extraction'),
      inputs: 'a text',
    });
    expect(vector).toHaveLength(256);
    const rows = await client.tabularRegression({
      ...of('tabular-regression'),
      inputs: { data: { a: ['1', '9'], b: ['3', '11'] } },
    });
    expect(rows).toEqual([2, 10]);
    const classes = await client.tabularClassification({
      ...of('tabular-classification'),
      inputs: { data: { a: ['1', '9'], b: ['3', '11'] } },
    });
    expect(classes).toEqual([0, 1]);
  });

  it('makes, changes and understands pictures', async () => {
    const made = await client.textToImage(
      { ...of('text-to-image'), inputs: 'a river' },
      { outputType: 'blob' },
    );
    expect(await kindOf(made)).toContain('PNG');
    const changed = await client.imageToImage({
      ...of('image-to-image'),
      inputs: image,
      parameters: { prompt: 'in blue' },
    });
    expect(await kindOf(changed)).toContain('PNG');
    const [label] = await client.imageClassification({
      ...of('image-classification'),
      data: image,
    });
    expect(label?.label).toMatch(/^a /u);
    const [thing] = await client.objectDetection({ ...of('object-detection'), data: image });
    expect(thing?.box).toEqual({ xmin: 0, ymin: 0, xmax: 24, ymax: 32 });
    const [segment] = await client.imageSegmentation({
      ...of('image-segmentation'),
      inputs: image,
    });
    expect(Buffer.from(segment?.mask ?? '', 'base64').toString('latin1', 1, 4)).toBe('PNG');
    const [zero] = await client.zeroShotImageClassification({
      ...of('zero-shot-image-classification'),
      inputs: { image },
      parameters: { candidate_labels: ['a lighthouse', 'a tortoise'] },
    });
    expect(zero?.score).toBeGreaterThan(0);
    const said = await client.imageToText({ ...of('image-to-text'), data: image });
    expect(said).toBeDefined();
  });

  it('speaks and listens', async () => {
    const spoken = await client.textToSpeech({ ...of('text-to-speech'), inputs: 'Good morning.' });
    expect(await kindOf(spoken)).toMatch(/^RIFF.{4}WAVE/su);
    const heard = await client.automaticSpeechRecognition({
      ...of('automatic-speech-recognition'),
      data: spoken,
    });
    expect(heard.text).toBe('Good morning.');
    const moods = await client.audioClassification({ ...of('audio-classification'), data: audio });
    expect(moods).toHaveLength(4);
    const [piece] = await client.audioToAudio({ ...of('audio-to-audio'), data: audio });
    expect(piece).toMatchObject({ label: 'speech' });
  });

  it('gets a refusal as its own error', async () => {
    const failures = await Promise.allSettled([
      client.fillMask({ ...of('fill-mask'), inputs: 'no mask' }),
      client.fillMask({ ...of('fill-mask'), inputs: undefined as unknown as string }),
    ]);
    const statuses = failures.map((failed) => {
      const { reason } = failed as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(InferenceClientProviderApiError);
      return (reason as InferenceClientProviderApiError).httpResponse.status;
    });
    expect(statuses).toEqual([400, 422]);
  });
});

describe('the official Hugging Face client, at other providers', () => {
  it.each(['together', 'nscale', 'fal-ai', 'replicate', 'wavespeed'] as const)(
    'gets an image of %s',
    async (partner) => {
      const made = await client.textToImage(
        { model: 'inferway/sim-text-to-image', provider: partner, inputs: 'a tortoise' },
        { outputType: 'blob' },
      );
      expect(await kindOf(made)).toContain('PNG');
      const operations = simulator.bill.entries.filter(({ servedBy }) => servedBy === partner);
      expect(operations.at(-1)?.operation).toBe('text-to-image');
    },
  );

  it.each(['fal-ai', 'novita', 'wavespeed', 'replicate'] as const)(
    'gets a video of %s',
    async (partner) => {
      const made = await client.textToVideo({
        model: 'inferway/sim-text-to-video',
        provider: partner,
        inputs: 'a tortoise runs',
      });
      expect(await kindOf(made)).toContain('ftyp');
    },
  );

  it.each(['fal-ai', 'replicate', 'together', 'deepinfra'] as const)(
    'speaks with %s and is heard',
    async (partner) => {
      const spoken = await client.textToSpeech({
        model: 'inferway/sim-text-to-speech',
        provider: partner,
        inputs: 'Good morning.',
      });
      const heard = await client.automaticSpeechRecognition({
        model: 'inferway/sim-automatic-speech-recognition',
        provider: partner,
        inputs: new Blob([await spoken.arrayBuffer()], { type: 'audio/wav' }),
      });
      expect(heard.text).toBe('Good morning.');
    },
  );

  it.each(['together', 'scaleway', 'deepinfra'] as const)('embeds with %s', async (partner) => {
    const vectors = await client.featureExtraction({
      model: 'inferway/sim-feature-extraction',
      provider: partner,
      inputs: ['one', 'two'],
    });
    expect(vectors).toHaveLength(2);
  });

  it('takes the first of the mapping that the Hub gives, where nobody is named', async () => {
    const answer = await client.textClassification({
      model: 'inferway/sim-text-classification',
      inputs: 'I love it.',
    });
    expect(answer[0]?.label).toBe('POSITIVE');
  });
});

describe('the official Hugging Face client, at a dedicated endpoint', () => {
  it('chats with an engine', async () => {
    const endpointUrl = `${simulator.baseUrls.huggingfaceRoot}/endpoints/vllm`;
    const at = new InferenceClient('hf_test', { endpointUrl });
    const answer = await at.chatCompletion({
      model: 'sim-chat',
      messages: [{ role: 'user', content: 'My code is canary-1234.' }],
    });
    expect(answer.choices[0]?.message.content).toContain('canary-1234');
  });
});
