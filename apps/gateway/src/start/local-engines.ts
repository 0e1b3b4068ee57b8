import { get } from 'node:http';
import type { Provider } from '@inferway/core';
import { createTgi } from '@inferway/tgi';
import { createVllm } from '@inferway/vllm';
import type { Environment } from '../config/read-secret.js';

/** An inference server for one machine. */
export interface LocalEngine {
  readonly name: string;
  readonly title: string;
  /** Its usual address; `variable` overrides it. */
  readonly baseUrl: string;
  readonly variable: string;
  /** Of an engine with a package of its own. */
  readonly create?: (baseUrl: string) => Provider;
}

/** Engines that speak OpenAI's protocol, on the ports they take when nobody says otherwise. */
export const LOCAL_ENGINES: readonly LocalEngine[] = [
  {
    name: 'ollama',
    title: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    variable: 'OLLAMA_BASE_URL',
  },
  {
    name: 'vllm',
    title: 'vLLM',
    baseUrl: 'http://127.0.0.1:8000/v1',
    variable: 'VLLM_BASE_URL',
    create: (baseUrl) => createVllm({ baseUrl }) as Provider,
  },
  {
    name: 'llamacpp',
    title: 'llama.cpp',
    baseUrl: 'http://127.0.0.1:8080/v1',
    variable: 'LLAMACPP_BASE_URL',
  },
  {
    name: 'tgi',
    title: 'Text Generation Inference',
    baseUrl: 'http://127.0.0.1:3000/v1',
    variable: 'TGI_BASE_URL',
    create: (baseUrl) => createTgi({ baseUrl }) as Provider,
  },
  {
    name: 'lmstudio',
    title: 'LM Studio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    variable: 'LMSTUDIO_BASE_URL',
  },
];

/** An engine that answered. */
export interface FoundEngine extends LocalEngine {
  /** What it serves, by its own ids. */
  readonly models: readonly string[];
}

const WAIT_MS = 250;
const LARGEST_LISTING = 4 * 1024 * 1024;

/** Asks all of them at once for their models. One that does not answer in a quarter of a second, or not as an engine would, is not there. */
export async function findLocalEngines(environment: Environment): Promise<FoundEngine[]> {
  const asked = await Promise.all(
    LOCAL_ENGINES.map(async (engine) => {
      const baseUrl = (environment[engine.variable] || engine.baseUrl).replace(/\/+$/u, '');
      const models = await listModels(`${baseUrl}/models`);
      return models === undefined ? [] : [{ ...engine, baseUrl, models }];
    }),
  );
  return asked.flat();
}

function listModels(url: string): Promise<readonly string[] | undefined> {
  return new Promise((resolve) => {
    const none = (): void => resolve(undefined);
    let request;
    try {
      // `agent: false`: a probe leaves no idle connection behind.
      request = get(url, { agent: false, signal: AbortSignal.timeout(WAIT_MS) });
    } catch {
      none();
      return;
    }
    request.on('error', none);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > LARGEST_LISTING) response.destroy();
      });
      response.on('error', none);
      response.on('close', none);
      response.on('end', () => resolve(response.statusCode === 200 ? modelIds(text) : undefined));
    });
  });
}

// `{ "data": [{ "id": "…" }] }`; anything else is some other server on that port.
function modelIds(text: string): readonly string[] | undefined {
  try {
    const { data } = JSON.parse(text) as { data?: unknown };
    // Ollama without a model writes null.
    if (data === null) return [];
    if (!Array.isArray(data)) return undefined;
    const ids = data.map((item: unknown) => (item as { id?: unknown } | null)?.id);
    return ids.every((id) => typeof id === 'string') ? ids : undefined;
  } catch {
    return undefined;
  }
}
