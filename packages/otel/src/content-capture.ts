import { environment } from './profile.js';
import type { ContentMessage } from './content-messages.js';

/** What a span would show of a call. `JSON.stringify` of each list becomes an attribute. */
export interface CapturedContent {
  readonly inputMessages?: readonly ContentMessage[] | undefined;
  readonly outputMessages?: readonly ContentMessage[] | undefined;
  readonly toolDefinitions?:
    | readonly { readonly type: string; readonly name: string }[]
    | undefined;
}

export interface ContentOptions {
  /**
   * Write prompts and answers on spans. Default: no, unless `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` is `true`, `SPAN_ONLY` or
   * `SPAN_AND_EVENT`.
   */
  readonly captureContent?: boolean | undefined;
  /** Sees what would be written and gives what may be; undefined for nothing. What it throws drops the content, not the call. */
  readonly redact?: ((content: CapturedContent) => CapturedContent | undefined) | undefined;
}

const VARIABLE = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';

/** Whether content is written. Events are not, so `EVENT_ONLY` is no. */
export function capturesContent(option: boolean | undefined): boolean {
  if (option !== undefined) return option;
  const word = environment(VARIABLE)?.trim().toUpperCase();
  return word === 'TRUE' || word === 'SPAN_ONLY' || word === 'SPAN_AND_EVENT';
}
