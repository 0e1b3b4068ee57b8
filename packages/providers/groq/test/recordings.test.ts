import { existsSync, readFileSync } from 'node:fs';
import type { JsonObject } from '@inferway/core';
import { json, streamOf } from '@inferway/provider-kit/testing';
import { describe, expect, it } from 'vitest';
import { asked, chat } from './support/asked.js';

// What Groq itself answered; kept beside the repository, not in it.
const FOLDER = new URL('../../../../../shared/recordings/ai-sdk/groq/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');

describe.skipIf(!existsSync(FOLDER))('Recorded answers of Groq (../shared/recordings)', () => {
  it('decode to their text, usage and times', async () => {
    const recorded = JSON.parse(read('groq-text.json')) as {
      choices: { message: { content: string } }[];
      usage: { prompt_tokens: number; completion_tokens: number; total_time: number };
    };
    const { answer } = await asked(
      (_, response) => json(response, 200, recorded),
      (client) => client.chat(chat('llama-3.3-70b-versatile')),
    );
    expect(answer.text).toBe(recorded.choices[0]?.message.content);
    expect(answer).toMatchObject({
      finishReason: { unified: 'stop' },
      usage: {
        inputTokens: recorded.usage.prompt_tokens,
        outputTokens: recorded.usage.completion_tokens,
      },
      meta: { timings: { server: { total: recorded.usage.total_time * 1000 } } },
    });
  });

  it('stream to their text, usage and times', async () => {
    const chunks = read('groq-text.chunks.txt')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as JsonObject);
    const { answer } = await asked(streamOf(...chunks), async (client) => {
      const stream = await client.chat.stream(chat('llama-3.3-70b-versatile'));
      return stream.result;
    });
    expect(answer.text).toMatch(/ of light\.$/u);
    expect(answer).toMatchObject({
      finishReason: { unified: 'stop' },
      usage: { inputTokens: 45, outputTokens: 662 },
    });
    expect(answer.meta.timings?.server?.['queue']).toBeCloseTo(41.905864);
  });
});
