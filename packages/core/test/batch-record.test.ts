import { expect, test } from 'vitest';
import { fromRecord, toRecord } from '../src/batch/batch-record.js';

test('what a batch writes down is read back as it was, bytes and members of any name alike', () => {
  const request = {
    audio: { type: 'bytes', data: Uint8Array.of(0, 255), mediaType: 'audio/wav' },
    tools: [{ inputSchema: { properties: { $bytes: 'AAAA', __proto__: null } } }],
  };
  const kept: unknown = fromRecord(JSON.parse(JSON.stringify(toRecord(request))));
  expect(kept).toMatchObject({
    audio: { data: Uint8Array.of(0, 255) },
    tools: [{ inputSchema: { properties: { $bytes: 'AAAA' } } }],
  });
});
