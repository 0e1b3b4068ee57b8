import type { GatewayKey } from './gateway-key.js';

/** One provider, as the start shows it. */
export interface ServedProvider {
  readonly name: string;
  /** Why it is there: `OPENAI_API_KEY`, `http://127.0.0.1:11434`, `inferway.config.yaml`. */
  readonly from: string;
  /** Models to try. */
  readonly examples: readonly string[];
}

export interface BannerFacts {
  readonly url: string;
  readonly key: GatewayKey;
  readonly providers: readonly ServedProvider[];
  readonly aliases: readonly string[];
  readonly config: string | undefined;
  /** The model of the commands to paste. */
  readonly model: string;
}

/** What the gateway says when it is ready: where it is, its key, what it serves, and commands that work as they are. */
export function bannerText(facts: BannerFacts): string {
  const { url, key, providers, aliases, model } = facts;
  const wide = Math.max(...providers.map(({ name }) => name.length));
  const lines = [
    '',
    `Inferway gateway is ready at ${url}`,
    '',
    `  OpenAI base URL      ${url}/v1`,
    `  Anthropic base URL   ${url}`,
    `  Key                  ${key.secret}   (${keyOrigin(key)})`,
    ...(facts.config === undefined ? [] : [`  Config               ${facts.config}`]),
    '',
    'Providers, each reached as <provider>/<model>:',
    ...providers.map(
      ({ name, from, examples }) => `  ${name.padEnd(wide)}   ${examples.join('  ')}   (${from})`,
    ),
    ...(aliases.length === 0 ? [] : [`Aliases: ${aliases.join(', ')}`]),
    '',
    'Paste one of these:',
    '',
    '# curl',
    `curl ${url}/v1/chat/completions -H 'Authorization: Bearer ${key.secret}' -H 'Content-Type: application/json' \\`,
    `  -d '{"model":"${model}","messages":[{"role":"user","content":"Say hello"}]}'`,
    '',
    '# Python: pip install openai',
    `from openai import OpenAI`,
    `client = OpenAI(base_url="${url}/v1", api_key="${key.secret}")`,
    `print(client.chat.completions.create(model="${model}", messages=[{"role": "user", "content": "Say hello"}]).choices[0].message.content)`,
    '',
    '// JavaScript: npm install openai',
    `import OpenAI from 'openai';`,
    `const client = new OpenAI({ baseURL: '${url}/v1', apiKey: '${key.secret}' });`,
    `for await (const chunk of await client.chat.completions.create({ model: '${model}', stream: true, messages: [{ role: 'user', content: 'Say hello' }] })) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');`,
    '',
    '// JavaScript: npm install @anthropic-ai/sdk',
    `import Anthropic from '@anthropic-ai/sdk';`,
    `const anthropic = new Anthropic({ baseURL: '${url}', apiKey: '${key.secret}' });`,
    `console.log((await anthropic.messages.create({ model: '${model}', max_tokens: 200, messages: [{ role: 'user', content: 'Say hello' }] })).content);`,
    '',
    '// JavaScript: npm install @huggingface/inference',
    `import { InferenceClient } from '@huggingface/inference';`,
    `const hf = new InferenceClient('${key.secret}', { endpointUrl: '${url}/v1' });`,
    `console.log((await hf.chatCompletion({ model: '${model}', messages: [{ role: 'user', content: 'Say hello' }] })).choices[0].message.content);`,
    '',
    'Stop with Ctrl-C.',
    '',
  ];
  return lines.join('\n');
}

function keyOrigin({ from, file }: GatewayKey): string {
  if (from === 'environment') return 'from INFERWAY_KEY';
  return `${from === 'made' ? 'made now, kept in' : 'kept in'} ${file ?? 'memory'}`;
}
