import type { ChatResult } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { anthropicMessages } from '../src/index.js';
import {
  decodeText,
  framed,
  recordedEvents,
  recording,
  recordingNames,
  source,
  target,
} from './anthropic-support.js';
import { hasRecordings } from './recordings.js';

type Block = Record<string, unknown>;

/** The blocks of a stream's first message, put together without any of our code. */
function blocksOf(events: Record<string, unknown>[]): Block[] {
  const blocks = new Map<unknown, Block>();
  const inputs = new Map<unknown, string>();
  for (const event of events) {
    if (event.type === 'message_stop') break;
    if (event.type === 'content_block_start')
      blocks.set(event.index, { ...(event.content_block as Block) });
    if (event.type !== 'content_block_delta') continue;
    const block = blocks.get(event.index) ?? {};
    const delta = event.delta as Record<string, string>;
    if (delta.type === 'text_delta') block.text = `${String(block.text)}${delta.text}`;
    if (delta.type === 'thinking_delta')
      block.thinking = `${String(block.thinking)}${delta.thinking}`;
    if (delta.type === 'signature_delta') block.signature = delta.signature;
    if (delta.type === 'input_json_delta')
      inputs.set(event.index, (inputs.get(event.index) ?? '') + delta.partial_json);
  }
  for (const [index, json] of inputs)
    if (json !== '') Object.assign(blocks.get(index) ?? {}, { input: JSON.parse(json) as unknown });
  return [...blocks.values()];
}

/** What goes back to the API for an answer that was kept as JSON. */
function sentBack({ message }: ChatResult): unknown {
  const to = target();
  const kept = JSON.parse(JSON.stringify(message)) as ChatResult['message'];
  const user = { role: 'user', content: 'And?' } as const;
  const body = anthropicMessages.encodeRequest({ messages: [user, kept, user] }, to);
  expect(to.warnings).toEqual([]);
  return JSON.parse(JSON.stringify((body['messages'] as { content: unknown }[])[1]?.content));
}

const seen = new Set<unknown>();
const told = (blocks: readonly Block[]): Block[] =>
  blocks
    .filter((block) => block.type !== 'text' || String(block.text).trim() !== '')
    .map((block) => {
      seen.add(block.type);
      return JSON.parse(JSON.stringify(block)) as Block;
    });

describe.skipIf(!hasRecordings)('Recorded Anthropic answers, sent back', () => {
  it.each(recordingNames('.chunks.txt').filter((name) => !/^(?:spliced|duplicate)/u.test(name)))(
    '%s, streamed, to the letter',
    (name) => {
      const { result } = decodeText(framed(recording(name)));
      expect(sentBack(result)).toEqual(told(blocksOf(recordedEvents(name))));
    },
  );

  it.each(recordingNames('.json').filter((name) => !name.includes('refusal')))(
    '%s, whole, to the letter',
    (name) => {
      const body = JSON.parse(recording(name)) as { content: Block[] };
      const { result } = anthropicMessages.decodeResponse(body, source);
      expect(sentBack(result)).toEqual(told(body.content));
    },
  );

  it('hold blocks of all these kinds', () => {
    expect([...seen].sort()).toEqual([
      'advisor_tool_result',
      'bash_code_execution_tool_result',
      'code_execution_tool_result',
      'fallback',
      'mcp_tool_result',
      'mcp_tool_use',
      'server_tool_use',
      'text',
      'text_editor_code_execution_tool_result',
      'thinking',
      'tool_search_tool_result',
      'tool_use',
      'web_fetch_tool_result',
    ]);
  });
});

if (!hasRecordings) {
  it('Recorded Anthropic answers are not beside this checkout (../shared/recordings)', () => {
    expect(recordingNames('.json')).toEqual([]);
  });
}
