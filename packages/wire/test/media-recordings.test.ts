import { InferwayError, isJsonObject } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { BytesBody, openaiImages, openaiTranscriptions, rerank } from '../src/index.js';
import { sourceOf } from './decode-stream.js';
import { hasRecordings, readRecording } from './recordings.js';

const json = (path: string): unknown => JSON.parse(readRecording(`ai-sdk/${path}`));

describe.skipIf(!hasRecordings)('recorded answers', () => {
  it('of images hold images, or an error', () => {
    const { result, usage } = openaiImages.decodeResponse(
      json('openai/image/openai-image.json'),
      sourceOf([]),
    );
    expect(result.images.map(({ image }) => image)).toEqual([
      expect.objectContaining({ type: 'base64', mediaType: 'image/png' }),
      expect.objectContaining({ type: 'base64', mediaType: 'image/png' }),
    ]);
    expect(result.images[0]?.revisedPrompt).toMatch(/^A small and adorable/u);
    expect(usage).toEqual({ units: { images: 2 } });
    const failed = json('openai/image/gpt-image-response-format-error.json');
    expect(() => openaiImages.decodeResponse(failed, sourceOf([]))).toThrow(InferwayError);
  });

  it('of images at every provider give images or an error', () => {
    const tapes = JSON.parse(readRecording('huggingface/tapes.json')) as Record<
      string,
      { url: string; response: { body: unknown } }
    >;
    const bodies = Object.values(tapes)
      .filter(({ url }) => url.includes('/images/'))
      .map(({ response }) => response.body);
    expect(bodies.length).toBeGreaterThan(1);
    const told = bodies.map((body) => {
      const value = typeof body === 'string' ? parsed(body) : body;
      try {
        return openaiImages.decodeResponse(value, sourceOf([])).result.images.length;
      } catch (error) {
        expect(error).toBeInstanceOf(InferwayError);
        return 'error';
      }
    });
    expect(told).toContain('error');
  });

  it('of a transcription as text hold that text', () => {
    const recorded = json('groq/groq-transcription-text.json');
    const body = isJsonObject(recorded) ? String(recorded['body']) : '';
    const answer = new BytesBody(new TextEncoder().encode(body), 'text/plain');
    const { result } = openaiTranscriptions.decodeResponse(answer, sourceOf([]));
    expect(result).toEqual({ text: ' Hello from the Versal AISDK.' });
  });

  it('of rankings hold the best first, and what was billed', () => {
    const cohere = rerank.decodeResponse(
      json('cohere/reranking/cohere-reranking.1.json'),
      sourceOf([]),
    );
    expect(cohere.result.results).toEqual([
      { index: 1, score: 0.10183054 },
      { index: 0, score: 0.03762639 },
    ]);
    expect(cohere.usage?.units).toEqual({ searches: 1 });
    const other = rerank.decodeResponse(
      json('amazon-bedrock/reranking/amazon-bedrock-reranking.1.json'),
      sourceOf([]),
    );
    expect(other.result.results.map(({ index }) => index)).toEqual([0, 5]);
  });
});

/** Tapes cut long bodies, which then are no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
