import type { JsonObject, ProviderPart, ToolCallPart, Warning } from '@inferway/core';
import { asObject, asObjects, asString, asText } from '../lenient.js';
import { CallIds } from '../openai/call-ids.js';
import { OPENAI_CHAT } from './dialect.js';
import { JsonProgress } from './json-progress.js';
import { argumentsText, cutCall } from '../openai/tool-arguments.js';
import { readExtra } from './tool-call.js';

interface Source {
  readonly answerId: string | undefined;
  readonly finishWord: string | undefined;
  warn(warning: Warning): void;
}

/** The tool calls of a whole answer: `tool_calls`, or the deprecated `function_call`. */
export function decodeToolCalls(
  message: JsonObject,
  source: Source,
): (ToolCallPart | ProviderPart)[] {
  const ids = new CallIds(source.answerId);
  const seen = new Map<string, ToolCallPart>();
  const calls: (ToolCallPart | ProviderPart)[] = [];
  const raws = callsOf(message);
  for (const raw of raws) {
    if (raw['type'] === 'custom') {
      // Its input is any text: only that it is the last one tells that it may be cut.
      if (raw === raws.at(-1) && !meant(source.finishWord)) {
        source.warn(cutCall(asText(asObject(raw['custom'])?.['name'])));
        continue;
      }
      calls.push({ type: 'provider', format: OPENAI_CHAT, kind: 'custom', value: raw });
      continue;
    }
    const called = asObject(raw['function']);
    const name = asText(called?.['name']);
    if (name === undefined) continue;
    const text = argumentsText(called?.['arguments']);
    const given = asString(raw['id']);
    const twin = given === undefined || given === '' ? undefined : seen.get(given);
    if (twin?.name === name && twin.arguments === text) {
      source.warn(replayed(name));
      continue;
    }
    if (isCut(text, source.finishWord)) {
      source.warn(cutCall(name));
      continue;
    }
    const opaque = readExtra(raw['extra_content']);
    const call: ToolCallPart = {
      type: 'tool-call',
      id: ids.take(given),
      name,
      arguments: text === '' ? '{}' : text,
      ...(opaque === undefined ? {} : { opaque }),
    };
    if (given !== undefined) seen.set(given, { ...call, arguments: text });
    calls.push(call);
  }
  return calls;
}

function callsOf(message: JsonObject): readonly JsonObject[] {
  const calls = asObjects(message['tool_calls']);
  if (calls.length > 0) return calls;
  const legacy = asObject(message['function_call']);
  return legacy === undefined ? [] : [{ function: legacy }];
}

/** An answer that ended otherwise than by the model's will may hold half a call, which must never be run. */
function isCut(text: string, finishWord: string | undefined): boolean {
  if (endsByWill(finishWord) || (finishWord === undefined && text === '')) return false;
  const progress = new JsonProgress();
  progress.push(text);
  return !progress.whole;
}

/** True for finish reasons after which a tool call is as the model meant it, whatever its text. */
export function endsByWill(finishWord: string | undefined): boolean {
  return (
    finishWord === 'stop' ||
    finishWord === 'tool_calls' ||
    finishWord === 'function_call' ||
    finishWord === 'eos' ||
    finishWord === 'tool_use' ||
    finishWord === 'end_turn'
  );
}

/** The protocol ended the answer properly and gave no other reason than the model's will. */
export function meant(finishWord: string | undefined): boolean {
  return finishWord === undefined || endsByWill(finishWord);
}

export function replayed(name: string): Warning {
  return {
    type: 'other',
    message: `The provider sent the same call of the tool "${name}" twice; it is given once.`,
  };
}
