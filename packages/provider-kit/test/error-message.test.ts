import { describe, expect, it } from 'vitest';
import { classify } from './support/classify.js';

describe('the message', () => {
  const secret = 'sk-proj-abcdef0123456789';

  it('holds no web page', () => {
    for (const page of [
      '<!DOCTYPE html><title>Bad gateway</title>',
      '\n<html>Bad gateway',
      'error: <html>Bad gateway',
    ]) {
      const error = classify(502, page);
      expect(error.message).toBe('p answered 502 with a web page instead of an error of its API.');
    }
  });

  it.each([
    ['the attempt’s key', `Incorrect API key provided: ${secret}`],
    ['the key in a URL', `GET /v1?key=${encodeURIComponent(secret)}`],
    ['another key of the kind', 'Incorrect API key provided: sk-other-0123456789abcdef'],
    ['a Hugging Face token', 'token hf_AbCdEfGhIjKlMnOp is invalid'],
    ['a bearer header', 'got authorization: Bearer abc.def-ghi'],
    ['a Google key', 'AIzaSyA1234567890abcdefghijklmnopqrstuv'],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln'],
    ['a URL’s password', 'https://user:hunter2@host/'],
  ])('and the body hold no secret: %s', (_, text) => {
    const error = classify(401, { error: { message: text } }, { secrets: [secret] });
    const all = error.message + String(error.body);
    expect(all).toContain('[secret]');
    expect(all).not.toMatch(/abcdef0123456789|AbCdEfGh|abc\.def-ghi|SyA123|eyJzdWI|hunter2/u);
  });

  it('ends with the cure that the provider’s own reading knows', () => {
    for (const [text, message] of [
      ['no capacity', 'p answered 498: no capacity. Try later.'],
      ['No capacity.', 'p answered 498: No capacity. Try later.'],
    ]) {
      const refine = () => ({ cure: 'Try later.' });
      expect(classify(498, { error: { message: text } }, { refine }).message).toBe(message);
    }
  });

  it('repeats nothing of the request', () => {
    const prompt = 'My "medical" record says\nthe following about my left knee';
    const request = JSON.stringify({ model: 'org/a-rather-long-model-name', messages: [prompt] });
    const error = classify(400, { error: { message: `cannot process: ${prompt}` } }, { request });
    expect(error.message).not.toContain('knee');
    expect(error.body).toContain('knee');
    expect(Object.keys(error)).not.toContain('body');
    expect(JSON.stringify(error)).not.toContain('knee');
    const model = classify(
      404,
      { error: { message: 'The model org/a-rather-long-model-name does not exist' } },
      { request, model: 'org/a-rather-long-model-name' },
    );
    expect(model.message).toContain('org/a-rather-long-model-name does not exist');
  });

  it('is cut, and so is the body', () => {
    const error = classify(500, 'x'.repeat(1_000_000));
    expect(error.message.length).toBeLessThan(600);
    expect(String(error.body).length).toBeLessThan(17_000);
  });

  it('of a sentence of megabytes is made in little time, and codes are cut', () => {
    const sentence = '-eyJaaaaaaaa'.repeat(200_000);
    const before = performance.now();
    const error = classify(400, {
      error: { message: sentence, code: 'x'.repeat(100_000), param: [sentence, sentence] },
    });
    expect(performance.now() - before).toBeLessThan(2000);
    expect(error.message.length).toBeLessThan(1000);
    expect(error.providerCode).toHaveLength(200);
    expect(error.param?.length).toBeLessThanOrEqual(200);
  });

  it('of a body of a megabyte is made in little time', () => {
    const body = `${'model context tokens monthly sk-'.repeat(40_000)}`;
    const start = process.cpuUsage();
    classify(400, body, { secrets: [secret], request: body });
    const { user } = process.cpuUsage(start);
    // Linear work on cut texts takes milliseconds; a quadratic one would take minutes.
    expect(user / 1000).toBeLessThan(2000);
  });
});
