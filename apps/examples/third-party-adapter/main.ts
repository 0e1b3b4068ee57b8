// What a user of the third party's adapter writes.
import { createClient } from '@inferway/core';
import { standard } from '@inferway/core/middleware';
import { createAcme } from './adapter.js';

const baseUrl = process.env['ACME_BASE_URL'] ?? 'https://api.acme.example/v1';
const acme = createAcme({ baseUrl, apiKey: 'acme-key' });
const client = createClient({ providers: [acme], middleware: standard() });

const stream = await client.chat.stream({
  model: 'acme/gpt-5-mini',
  messages: [{ role: 'user', content: 'Say hello in one sentence.' }],
});
console.log('chat:', await stream.text);

const { label, score, meta } = await client.classify({
  model: 'acme/labels-1',
  text: 'A refund, please: my last refund never came.',
  labels: ['praise', 'refund'],
});
console.log(`classify: ${label} ${score} (${meta.status})`);
