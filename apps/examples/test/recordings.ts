import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspace } from './workspace.js';

/** Recorded answers of real providers stand beside the repository, where they are at all. */
const root: string = join(workspace, '../shared/recordings/ai-sdk');

export const hasRecordings: boolean = existsSync(root);

/** The protocol that a recording is of. */
export type Protocol = 'chat' | 'responses' | 'messages';

export interface Recording {
  readonly name: string;
  readonly protocol: Protocol;
  readonly stream: boolean;
  /** A whole body, or the payloads of a stream in order. */
  readonly payloads: readonly unknown[];
}

const FOLDERS: Readonly<Record<string, Protocol>> = {
  groq: 'chat',
  mistral: 'chat',
  moonshotai: 'chat',
  alibaba: 'chat',
  perplexity: 'chat',
  xai: 'chat',
  'deepseek/chat': 'chat',
  'openai/chat': 'chat',
  'openai-compatible/chat': 'chat',
  'openai/responses': 'responses',
  azure: 'responses',
  'xai/responses': 'responses',
  'open-responses/responses': 'responses',
  anthropic: 'messages',
};

/** Every recorded answer of a protocol of chats that is here. */
export const recordings: readonly Recording[] = hasRecordings
  ? Object.entries(FOLDERS).flatMap(([folder, protocol]) =>
      readdirSync(join(root, folder))
        .filter((file) => /\.(json|txt|sse)$/u.test(file) && !file.includes('transcription'))
        .map((file) => {
          const text = readFileSync(join(root, folder, file), 'utf8');
          const stream = !file.endsWith('.json');
          const payloads = stream ? lines(text) : [JSON.parse(text) as unknown];
          return { name: `${folder}/${file}`, protocol, stream, payloads };
        }),
    )
  : [];

function lines(text: string): unknown[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^data:/u, '').trim())
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as unknown);
}

/** A stream's wire text, one frame a payload, its terminator last where the protocol has one. */
export function frames({ protocol }: Recording, payloads: readonly unknown[]): string[] {
  const end = protocol === 'chat' ? ['data: [DONE]\n\n'] : [];
  return [
    ...payloads.map((payload) => {
      const type = (payload as { type?: unknown } | null)?.type;
      const name = protocol === 'chat' ? '' : `event: ${String(type)}\n`;
      return `${name}data: ${JSON.stringify(payload)}\n\n`;
    }),
    ...end,
  ];
}
