import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startRole } from '../child.js';
import { spread, type Spread } from '../statistics.js';

const FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** What a fresh process imports, or imports and calls once. */
export interface StartupRow {
  readonly subject: string;
  /** Milliseconds from process start to its end, less an empty process in the same round. */
  readonly importMs: Spread;
  /** Milliseconds from process start to the first answer. */
  readonly answerMs: Spread;
}

const BODY = `{model:'bench',messages:[{role:'user',content:'hi'}]}`;
const programs: Readonly<Record<string, { readonly imports: string; readonly call: string }>> = {
  undici: {
    imports: `import { request } from 'undici';`,
    call: `const r = await request(url + '/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(${BODY}) }); JSON.parse(await r.body.text()).choices[0].message.content.length || fail();`,
  },
  fetch: {
    imports: '',
    call: `const r = await fetch(url + '/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(${BODY}) }); (await r.json()).choices[0].message.content.length || fail();`,
  },
  inferway: {
    imports: `import { createClient } from '@inferway/core'; import { createOpenAICompatible } from '@inferway/openai-compatible';`,
    call: `const client = createClient({ providers: [createOpenAICompatible({ name: 'bench', baseUrl: url, apiKey: 'bench' })] }); (await client.chat({ model: 'bench/bench', messages: [{ role: 'user', content: 'hi' }] })).text.length || fail();`,
  },
  openai: {
    imports: `import OpenAI from 'openai';`,
    call: `const client = new OpenAI({ baseURL: url, apiKey: 'bench' }); (await client.chat.completions.create(${BODY})).choices[0].message.content.length || fail();`,
  },
  'ai + @ai-sdk/openai-compatible': {
    imports: `import { generateText } from 'ai'; import { createOpenAICompatible } from '@ai-sdk/openai-compatible';`,
    call: `const provider = createOpenAICompatible({ name: 'bench', baseURL: url, apiKey: 'bench' }); (await generateText({ model: provider('bench'), messages: [{ role: 'user', content: 'hi' }] })).text.length || fail();`,
  },
  '@huggingface/inference': {
    imports: `import { InferenceClient } from '@huggingface/inference';`,
    call: `(await new InferenceClient('bench', { endpointUrl: url }).chatCompletion(${BODY})).choices[0].message.content.length || fail();`,
  },
};

/** Import time and time to the first answer, each in processes of their own, one subject after the other in every round. */
export async function measureStartup(rounds: number): Promise<StartupRow[]> {
  const upstream = await startRole<string>('upstream');
  try {
    const url = `const url = ${JSON.stringify(`${upstream.first}/v1`)}; const fail = () => process.exit(9);`;
    const imports = new Map<string, number[]>();
    const answers = new Map<string, number[]>();
    for (let round = -1; round < rounds; round++) {
      const empty = run('');
      for (const [subject, program] of Object.entries(programs)) {
        const importMs = run(program.imports) - empty;
        const answerMs = run(`${program.imports} ${url} ${program.call} process.exit(0);`);
        if (round < 0) continue; // fills the file cache
        push(imports, subject, importMs);
        push(answers, subject, answerMs);
      }
    }
    return Object.keys(programs).map((subject) => ({
      subject,
      importMs: spread(imports.get(subject) ?? []),
      answerMs: spread(answers.get(subject) ?? []),
    }));
  } finally {
    await upstream.stop();
  }
}

function run(program: string): number {
  const begun = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: FOLDER,
    encoding: 'utf8',
  });
  const ms = performance.now() - begun;
  if (status !== 0) throw new Error(`A start-up program ended with ${status}: ${stderr}`);
  return ms;
}

function push(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
