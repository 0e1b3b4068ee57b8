import { priceTable } from '@inferway/core/middleware';

export const ask = {
  model: 'first/m',
  messages: [{ role: 'user', content: 'Tell me of the sea.' }],
  maxOutputTokens: 10,
} as const;

export const prices = priceTable({
  'first/*': { input: 1, output: 1 },
  'second/*': { input: 2, output: 2 },
});
