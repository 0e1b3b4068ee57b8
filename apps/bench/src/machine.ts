import { availableParallelism, cpus, totalmem } from 'node:os';
import { versionOf } from './package-folder.js';

const MEASURED = [
  'undici',
  'openai',
  'ai',
  '@ai-sdk/openai-compatible',
  '@huggingface/inference',
  '@portkey-ai/gateway',
];

/** What the figures were taken on, as lines of Markdown. */
export function describeMachine(): string[] {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  const versions = MEASURED.map((name) => `${name} ${versionOf(name)}`).join(', ');
  return [
    `- Machine: ${availableParallelism()} cores of ${model}, ${memory} GiB, ${process.platform} ${process.arch}`,
    `- Node ${process.version}; ${versions}`,
    '- Load, upstream and what is measured share the machine over loopback; the upstream is simulated and answers the same to all.',
  ];
}
