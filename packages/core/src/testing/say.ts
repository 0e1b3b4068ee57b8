import type { ChatEvent } from '../operations/chat.js';
import type { FinishReason } from '../operations/finish-reason.js';
import type { Usage } from '../usage.js';
import { accept, emit, usage as report, type Step } from './step.js';

export interface SayOptions {
  /** Default: one token a word out, 10 in. Null for a provider that reports none. */
  readonly usage?: Usage | null | undefined;
  readonly finishReason?: FinishReason['unified'] | undefined;
}

/** The steps of a chat answer: accepted, then a start, one event a word, each a read of its own, and a proper end. */
export function say(text: string, options: SayOptions = {}): readonly Step[] {
  const words = text.match(/\S+\s*/gu) ?? [];
  const counted =
    options.usage === null
      ? undefined
      : (options.usage ?? { inputTokens: 10, outputTokens: words.length });
  const one = (event: ChatEvent): Step => emit(event);
  return [
    accept(),
    one({ type: 'start', id: 'fake-1' }),
    one({ type: 'part-start', index: 0, part: { type: 'text', text: '' } }),
    ...words.map((word) => one({ type: 'text-delta', index: 0, text: word })),
    one({ type: 'part-end', index: 0 }),
    ...(counted === undefined ? [] : [report(counted)]),
    emit(
      { type: 'finish', finishReason: { unified: options.finishReason ?? 'stop' } },
      { type: 'end', usage: counted },
    ),
  ];
}
