import { InferwayError, type Warning } from '@inferway/core';
import { expectTrue } from '../expect.js';
import type { Bench } from '../provider/bench.js';
import { benched, type Check } from '../provider/check.js';
import type { Subject } from '../provider/subject.js';
import { withoutCallIds } from '../provider/wire-view.js';

const GENERATION: Readonly<Record<string, unknown>> = {
  maxOutputTokens: 77,
  temperature: 0.3,
  topP: 0.4,
  topK: 5,
  minP: 0.05,
  frequencyPenalty: 0.1,
  presencePenalty: 0.2,
  repetitionPenalty: 1.1,
  seed: 42,
  stop: ['END', 'HALT'],
  logprobs: 2,
  choices: 2,
  user: 'user-17',
};

const TOOL = { name: 'weather', description: 'w', parameters: { type: 'object', properties: {} } };
const SCHEMA = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
};

/** By operation, each setting that a caller may give, with a value that is not its default. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  chat: {
    ...GENERATION,
    tools: [TOOL],
    toolChoice: 'required',
    parallelToolCalls: false,
    output: { type: 'json-schema', schema: SCHEMA, name: 'thing' },
    reasoning: { effort: 'high' },
    metadata: { team: 'red' },
    serviceTier: 'flex',
    promptCacheKey: 'prefix-1',
  },
  complete: { ...GENERATION, suffix: 'The end.', echo: true },
  embed: { dimensions: 64, encoding: 'base64', user: 'user-17' },
  image: {
    count: 2,
    size: '512x512',
    aspectRatio: '16:9',
    quality: 'high',
    format: 'webp',
    compression: 50,
    background: 'transparent',
    negativePrompt: 'rain',
    steps: 9,
    guidance: 4.5,
    seed: 42,
    delivery: 'url',
    user: 'user-17',
  },
  speech: {
    voice: 'echo',
    format: 'flac',
    speed: 1.5,
    instructions: 'Whisper.',
    language: 'fr',
    sampleRate: 22_050,
    user: 'user-17',
  },
  transcribe: {
    language: 'de',
    prompt: 'Names: Zephyrine.',
    temperature: 0.2,
    translate: true,
    timestamps: ['word'],
    diarize: true,
    logprobs: true,
    subtitles: 'srt',
  },
  rerank: {
    topN: 1,
    rankFields: ['title'],
    returnDocuments: true,
    maxTokensPerDocument: 99,
    user: 'user-17',
  },
};

/** Settings that mean nothing alone. */
const BESIDE: Readonly<Record<string, object>> = {
  toolChoice: { tools: [TOOL] },
  parallelToolCalls: { tools: [TOOL] },
  compression: { format: 'webp' },
};

/** A setting is sent, or told as a structured warning, or refused with its name. Never dropped in silence. */
export function settings(subject: Subject): readonly Check[] {
  const known = Object.entries(SETTINGS[subject.operation] ?? {});
  const checks = known.map(([setting, value]) =>
    benched(`"${setting}" is sent, or warned of, or refused`, subject, async (bench) => {
      const beside = { ...(subject.sample.request as object), ...BESIDE[setting] };
      const without = await sent(bench, beside);
      const withIt = await sent(bench, { ...beside, [setting]: value });
      if (withIt.body !== without.body || withIt.path !== without.path) return;
      // What the adapter itself does with the answer: vectors in another encoding.
      if (withIt.result !== without.result) return;
      expectTrue(
        withIt.named.includes(setting),
        `"${setting}" changes nothing in the request, and nobody is told`,
      );
    }),
  );
  if (known.length === 0) return [];
  return [
    ...checks,
    benched('options of another provider are not sent', subject, async (bench) => {
      const secret = 'only-for-the-other-9a1b';
      const { body } = await sent(bench, {
        ...(subject.sample.request as object),
        providerOptions: { someoneElse: { note: secret } },
      });
      expectTrue(!body.includes(secret), 'they are not in the body');
    }),
    benched(
      'fields passed through from another wire format are dropped with a warning',
      subject,
      async (bench) => {
        const { body, warnings } = await sent(bench, {
          ...(subject.sample.request as object),
          passthrough: { format: 'a-foreign-format', fields: { note: 'only-for-the-other-9a1b' } },
        });
        expectTrue(!body.includes('only-for-the-other-9a1b'), 'they are not in the body');
        expectTrue(warnings.length > 0, 'a warning tells of them');
      },
    ),
  ];
}

interface Sent {
  readonly body: string;
  readonly path: string;
  readonly result: string;
  readonly warnings: readonly Warning[];
  /** The settings that warnings or an error name. */
  readonly named: readonly string[];
}

async function sent(bench: Bench, request: object): Promise<Sent> {
  const { calls } = bench.stage;
  calls.length = 0;
  bench.answerUnary();
  let warnings: readonly Warning[] = [];
  let result = '';
  let refusal: string | undefined;
  try {
    const got = await bench.ask(false, { request });
    warnings = got.meta.warnings ?? [];
    const { meta: _meta, ...answer } = got.result;
    result = JSON.stringify(withoutCallIds(answer));
  } catch (reason) {
    // The sample's answer may not be what was asked for; what counts is the request.
    if (InferwayError.is(reason) && calls.length === 0) {
      expectTrue(
        reason.code === 'unsupported' || reason.code === 'invalid_request',
        `the error’s code is ${reason.code}`,
      );
      refusal = reason.param;
    }
  }
  for (const warning of warnings) {
    expectTrue(
      ['unsupported', 'changed', 'deprecated', 'other'].includes(warning.type),
      'a warning has its type',
    );
    expectTrue(warning.message.length > 10, 'a warning has a sentence');
  }
  const named = [...warnings.map(({ setting }) => setting), refusal].map(
    (path) => (path ?? '').split(/[.[]/u)[0] ?? '',
  );
  const [first] = calls[0]?.requests ?? [];
  return { body: first?.body ?? '', path: first?.path ?? '', result, warnings, named };
}
