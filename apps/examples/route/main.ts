// One model at several providers: who serves it, what each would charge, and a route that goes on where one of them fails.
import { createClient, formatUsd } from '@inferway/core';
import { standard } from '@inferway/core/middleware';
import { cheapest, createRouter, route } from '@inferway/core/routing';
import { createGroq } from '@inferway/groq';
import { createHuggingFace } from '@inferway/huggingface';
import { createOpenAI } from '@inferway/openai';
import { createPriceBook } from '@inferway/prices';
import { createTogether } from '@inferway/together';

const providers = [createOpenAI(), createHuggingFace(), createTogether(), createGroq()];
const prices = await createPriceBook();
const router = createRouter({
  providers,
  prices,
  auto: {
    policy: cheapest(),
    // What is the same model under another id is said here, and never guessed.
    aliases: {
      'gpt-oss': [
        'huggingface/openai/gpt-oss-120b',
        'together/openai/gpt-oss-120b',
        'groq/openai/gpt-oss-120b',
      ],
    },
  },
  routes: {
    // The simulator answers the first as an overloaded provider does; the real OpenAI does not know it. Both lead on.
    steady: { targets: ['openai/gpt-5-mini:fault-overloaded', 'auto/gpt-oss'] },
  },
});
const client = createClient({
  providers,
  middleware: standard({ route: route(router), retry: { attempts: 1 }, cost: { prices } }),
});
const request = {
  messages: [{ role: 'user', content: 'Why is the sky blue? Answer in two sentences.' }],
  maxOutputTokens: 200,
} as const;

const { candidates, leftOut } = await router.explain('auto/gpt-oss', request);
for (const { name, score, why } of candidates) {
  console.log(`${name}: ${score === undefined ? why : `about ${formatUsd(score)}`}`);
}
for (const { name, why } of leftOut) console.log(`not ${name}: ${why}`);

for (const model of ['auto/gpt-oss', 'route/steady'] as const) {
  const { meta, cost } = await client.chat({ model, ...request });
  const attempts = meta.attempts?.map(({ provider, error = 'answered' }) => `${provider} ${error}`);
  console.log(
    `${model}: ${attempts?.join(', ')}; ${cost?.known ? formatUsd(cost.total) : 'unknown cost'}`,
  );
}
