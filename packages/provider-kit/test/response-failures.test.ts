import { describe, expect, it } from 'vitest';
import { classify } from './support/classify.js';

describe('A response that failed within a 200', () => {
  it.each([
    ['server_error', 'server', true],
    ['rate_limit_exceeded', 'rate_limit', true],
    ['insufficient_quota', 'billing', false],
    ['invalid_prompt', 'invalid_request', false],
    ['invalid_image_url', 'invalid_request', false],
    ['failed_to_download_image', 'invalid_request', false],
    ['bio_policy', 'content_filter', false],
    ['image_content_policy_violation', 'content_filter', false],
    ['vector_store_timeout', 'timeout', true],
  ])('of %s is %s', (word, code, retryable) => {
    const error = classify(200, { error: { code: word, message: 'It did not go.' } });
    expect(error).toMatchObject({ code, retryable, providerCode: word });
  });
});
