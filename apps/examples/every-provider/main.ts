// A call of each operation of each provider, with one client.
import { createAnthropic } from '@inferway/anthropic';
import { createClient, InferwayError, type Operation, type ProviderBase } from '@inferway/core';
import { createFireworks } from '@inferway/fireworks';
import { createGroq } from '@inferway/groq';
import { createHuggingFace } from '@inferway/huggingface';
import { createOpenAI } from '@inferway/openai';
import { createReplicate } from '@inferway/replicate';
import { createTgi } from '@inferway/tgi';
import { createTogether } from '@inferway/together';
import { createVllm } from '@inferway/vllm';
import { modelOf } from './models.js';
import { requestOf } from './requests.js';
import { tell } from './tell.js';

const { env } = process;
const providers = [
  createOpenAI(),
  createAnthropic(),
  createHuggingFace({ hubUrl: env['HF_ENDPOINT'] }),
  createTogether(),
  createFireworks(),
  createGroq(),
  createReplicate({ baseUrl: env['REPLICATE_BASE_URL'] }),
  createVllm(),
  createTgi(),
];
const client = createClient({ providers });
const simulated = new Set(env['SIMULATED_PROVIDERS']?.split(','));

type AnyMethod = (input: object) => Promise<object>;

for (const provider of providers) {
  for (const operation of operationsOf(provider)) {
    const model = modelOf(provider.name, operation, simulated.has(provider.name));
    const request = requestOf(provider.name, operation);
    // The compiler knows each method; a loop over all of them does not.
    const call = client[operation as 'chat'] as unknown as AnyMethod;
    try {
      console.log(`${operation} ${model}: ${tell(await call({ model, ...request }))}`);
    } catch (reason) {
      const { code, message } = InferwayError.from(reason);
      console.log(`${operation} ${model}: failed (${code}): ${message}`);
      process.exitCode = 1;
    }
  }
}
await client.close();

function operationsOf(provider: ProviderBase): Operation[] {
  const others = new Set(['models', 'close']);
  return Object.entries(provider)
    .filter(([name, value]) => typeof value === 'function' && !others.has(name))
    .map(([name]) => name as Operation);
}
