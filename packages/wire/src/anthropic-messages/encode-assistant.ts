import type { AssistantPart, JsonObject, ReasoningPart, ToolCallPart } from '@inferway/core';
import { cacheControl } from './cache-control.js';
import { ownCitations } from './citations.js';
import type { JsonBody } from '../json-body.js';
import { plainText, providerBlock } from './encode-content.js';
import type { EncodeContext } from './encode-context.js';
import { documentSource } from './media-source.js';
import { addOwnFields, ownFields } from './own-fields.js';
import { toolId, toolInput } from './tool-input.js';

/** The blocks of an assistant's message that is sent back. */
export function assistantBlocks(
  content: string | readonly AssistantPart[],
  context: EncodeContext,
): JsonObject[] {
  if (typeof content === 'string') return content.trim() === '' ? [] : [plainText(content)];
  const blocks: JsonObject[] = [];
  for (let i = 0; i < content.length; i++) {
    context.enterPart(i);
    const block = assistantBlock(content[i] as AssistantPart, context);
    if (block !== undefined) blocks.push(block);
  }
  return blocks;
}

function assistantBlock(part: AssistantPart, context: EncodeContext): JsonObject | undefined {
  switch (part.type) {
    case 'text': {
      if (part.text.trim() === '') return undefined;
      const block: JsonBody = {
        type: 'text',
        text: part.text,
        citations: ownCitations(part),
        cache_control: cacheControl(part.cache),
      };
      addOwnFields(block, part.opaque);
      return block;
    }
    case 'reasoning':
      return thinkingBlock(part, context);
    case 'tool-call':
      return toolUseBlock(part, context);
    case 'refusal':
      return part.text.trim() === '' ? undefined : plainText(part.text);
    case 'provider':
      if (part.kind === 'document' && context.version !== '2023-06-01') break;
      return providerBlock(part, context);
    case 'audio':
      if (part.transcript !== undefined && part.transcript.trim() !== '') {
        context.warn('changed', context.path, 'Spoken words of an answer are sent back as text.');
        return plainText(part.transcript);
      }
      break;
    case 'file': {
      const source = context.version === '2023-06-01' ? documentSource(part.file) : undefined;
      if (source !== undefined) {
        const block: JsonBody = { type: 'document', source, title: part.name };
        addOwnFields(block, part.opaque);
        return block;
      }
    }
  }
  context.warn(
    'unsupported',
    context.path,
    `The ${part.type === 'provider' ? part.kind : part.type} of an answer cannot be sent back: left out.`,
  );
  return undefined;
}

function thinkingBlock(part: ReasoningPart, context: EncodeContext): JsonObject | undefined {
  if (part.cache !== undefined) {
    context.warn(
      'unsupported',
      `${context.path}.cache`,
      'Thinking takes no cache marker of its own: mark the part after it.',
    );
  }
  const own = ownFields(part.opaque);
  if (typeof own?.data === 'string') return { type: 'redacted_thinking', data: own.data };
  if (typeof own?.signature === 'string')
    return { type: 'thinking', thinking: part.text, signature: own.signature };
  if (context.unsignedReasoning === 'thinking')
    return { type: 'thinking', thinking: part.text, signature: '' };
  context.warn(
    'unsupported',
    context.path,
    'Reasoning without a signature of this format was left out: it would be refused.',
  );
  return undefined;
}

function toolUseBlock(part: ToolCallPart, context: EncodeContext): JsonObject {
  const { input, raw } = toolInput(part.arguments);
  if (raw) {
    context.warn(
      'changed',
      `${context.path}.arguments`,
      'The arguments of a tool call are no JSON object: they are sent as its member "raw_arguments".',
    );
  }
  const block: JsonBody = {
    type: 'tool_use',
    id: toolId(part.id),
    name: part.name,
    input,
    cache_control: cacheControl(part.cache),
  };
  addOwnFields(block, part.opaque);
  if (typeof block.toolset_name === 'string') context.toolsets.set(part.id, block.toolset_name);
  return block;
}
