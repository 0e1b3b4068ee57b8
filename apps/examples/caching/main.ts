// Asked again, asked in other words, asked as a conversation: three caches, and what each saved.
import { createAnthropic } from '@inferway/anthropic';
import { createClient, formatUsd, listen, type CallOptions, type Message } from '@inferway/core';
import { cache, promptCache } from '@inferway/core/caching';
import { standard } from '@inferway/core/middleware';
import { clientEmbedder, semanticCache } from '@inferway/core/semantic';
import { createOpenAI } from '@inferway/openai';
import { createPriceBook } from '@inferway/prices';

const prices = await createPriceBook();
const scope = (): string => 'the only user of this program';
const vectors = createClient({
  providers: [createOpenAI()],
  middleware: standard({ cost: { prices } }),
});
const client = createClient({
  providers: [createOpenAI(), createAnthropic()],
  middleware: standard({
    cache: [
      cache({ scope }),
      semanticCache({
        scope,
        embed: clientEmbedder(vectors, { model: 'openai/text-embedding-3-small' }),
        threshold: 0.85,
        lookupTimeoutMs: 5000,
      }),
    ],
    cost: { prices },
    promptCache: promptCache({ providers: { anthropic: 'markers' } }),
  }),
});

for (const question of [
  'What is the tallest mountain in Wales?',
  'What is the tallest mountain in Wales?',
  'Please, what is the tallest mountain in Wales?',
  'Please, what is the tallest mountain in Kenya?',
]) {
  const { meta } = await client.chat({
    model: 'openai/gpt-5-mini',
    messages: [{ role: 'user', content: question }],
  });
  const saved = meta.cached?.saved;
  const what = meta.cached === undefined ? 'asked' : `${meta.cached.kind} hit`;
  console.log(`${question} ${what}, saved ${saved?.known ? formatUsd(saved.total) : 'nothing'}`);
}

const telling: CallOptions = {
  state: (state) =>
    listen(state, (event) => {
      if (event.type !== 'prompt-cache') return;
      const saved = event.savedNanoUsd === undefined ? 'unknown' : formatUsd(event.savedNanoUsd);
      console.log(
        `turn: ${event.markers} markers, ${event.readTokens} tokens read, saved ${saved}`,
      );
    }),
};
const messages: Message[] = [
  { role: 'system', content: 'You know all about this harbour. It is old and long. '.repeat(150) },
];
for (const content of ['How old is it?', 'How long is it?']) {
  messages.push({ role: 'user', content });
  const { message } = await client.chat(
    { model: 'anthropic/claude-sonnet-4-6', messages },
    telling,
  );
  messages.push(message);
}
