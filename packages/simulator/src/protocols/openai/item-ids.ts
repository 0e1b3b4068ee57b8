import type { ChatEvent, JsonObject } from '@inferway/core';
import {
  openaiResponses,
  type EncodeAs,
  type Format,
  type StreamAs,
  type StreamEncoder,
} from '@inferway/wire';

/** How the format marks ids that it made up. */
const MADE = /_iw_/gu;
/** Ids of the simulator's own. They tell whether the answer reasoned (`r`) and whether it was to be stored (`s`), so that nothing need be kept. */
const ID = /^[a-z]+_sim(r?)(s?)_(.+)_\d+$/u;

/** The format with ids of the simulator's own, so that clients send them back as they do a provider's. */
export const named: Format<'chat'> = {
  ...openaiResponses,
  encodeResponse(answer, given) {
    const as = stored(given);
    const text = JSON.stringify(openaiResponses.encodeResponse(answer, as));
    return JSON.parse(text.replaceAll(MADE, markIn(text, as))) as JsonObject;
  },
  streamEncoder(given): StreamEncoder<ChatEvent> {
    const as = stored(given);
    const encoder = openaiResponses.streamEncoder(as);
    let mark: string | undefined;
    return {
      encode(events) {
        const text = encoder.encode(events);
        // Reasoning comes first, where there is any.
        if (mark === undefined && text.includes('_iw_')) mark = markIn(text, as);
        return mark === undefined ? text : text.replaceAll(MADE, mark);
      },
      fail: (error, requestId) => encoder.fail(error, requestId),
    };
  },
};

type As = EncodeAs & StreamAs;

/** OpenAI stores what nobody asked it not to. */
function stored(as: As): As {
  return { ...as, echo: { store: true, ...as.echo } };
}

function markIn(text: string, { echo }: As): string {
  const reasoned = text.includes('"rs_iw_') ? 'r' : '';
  return `_sim${reasoned}${echo?.['store'] === false ? '' : 's'}_`;
}

/** Whether an item with this id is one of a stored answer. */
export function isStored(id: unknown): boolean {
  return ID.exec(String(id))?.[2] === 's';
}

/** The id of the reasoning that led to an item with this id; undefined where there was none. */
export function requiredReasoning(id: unknown): string | undefined {
  const [, reasoned = '', kept = '', answer = ''] = ID.exec(String(id)) ?? [];
  return reasoned === '' || !/^(?:msg|fc)_/u.test(String(id))
    ? undefined
    : `rs_simr${kept}_${answer}_0`;
}
