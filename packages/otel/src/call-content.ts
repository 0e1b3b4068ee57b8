import type {
  ChatChoice,
  ChatRequest,
  ChatResult,
  CompleteRequest,
  CompleteResult,
  FunctionTool,
} from '@inferway/core';
import type { Attributes } from '@opentelemetry/api';
import type { TargetRun } from './call-run.js';
import type { CapturedContent, ContentOptions } from './content-capture.js';
import { inputMessages, outputMessages, type ContentMessage } from './content-messages.js';
import { conventionalReason } from './finish-reason.js';
import * as names from './semconv.js';

/** The content of one answered (or cut) call, as attributes. Operations whose content the conventions have no form for give none. */
export function contentAttributes(
  target: TargetRun,
  result: unknown,
  redact: ContentOptions['redact'],
): Attributes {
  const content = contentOf(target, result);
  const allowed = content === undefined || redact === undefined ? content : redact(content);
  if (allowed === undefined) return {};
  return {
    ...written(names.INPUT_MESSAGES, allowed.inputMessages),
    ...written(names.OUTPUT_MESSAGES, allowed.outputMessages),
    ...written(names.TOOL_DEFINITIONS, allowed.toolDefinitions),
  };
}

function contentOf(target: TargetRun, result: unknown): CapturedContent | undefined {
  switch (target.operation) {
    case 'chat': {
      const { messages, tools } = target.request as ChatRequest;
      return {
        inputMessages: inputMessages(messages),
        outputMessages: result === undefined ? undefined : chatAnswers(result as ChatResult),
        toolDefinitions: tools?.map((tool) => ({
          type: tool.type ?? 'function',
          name: (tool as FunctionTool).name ?? '',
        })),
      };
    }
    case 'complete': {
      const { prompt } = target.request as CompleteRequest;
      return {
        inputMessages: [{ role: 'user', parts: [{ type: 'text', content: prompt }] }],
        outputMessages: result === undefined ? undefined : textAnswers(result as CompleteResult),
      };
    }
    default:
      return undefined;
  }
}

function chatAnswers(result: ChatResult): ContentMessage[] {
  const choices: readonly ChatChoice[] = [result, ...(result.alternatives ?? [])];
  return outputMessages(
    choices.map((choice) => ({
      ...choice,
      reason: conventionalReason(choice.finishReason.unified),
    })),
  );
}

function textAnswers(result: CompleteResult): ContentMessage[] {
  return [result, ...(result.alternatives ?? [])].map(({ text, finishReason }) => ({
    role: 'assistant',
    parts: [{ type: 'text', content: text }],
    finish_reason: conventionalReason(finishReason.unified),
  }));
}

// JSON text: SDK 2 drops lists of objects, and most back ends parse the text.
function written(name: string, value: readonly unknown[] | undefined): Attributes {
  return value === undefined || value.length === 0 ? {} : { [name]: JSON.stringify(value) };
}
