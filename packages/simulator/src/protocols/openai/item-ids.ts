import type { ChatEvent, JsonObject } from '@inferway/core';
import { openaiResponses, type Format, type StreamEncoder } from '@inferway/wire';

/** How the format marks ids that it made up. */
const MADE = /_iw_/gu;
/** Ids of the simulator's own: of answers that reasoned, and of others. */
const REASONED = '_simr_';
const PLAIN = '_sim_';

/** The format with ids of the simulator's own, so that clients send them back as they do a provider's. */
export const named: Format<'chat'> = {
  ...openaiResponses,
  encodeResponse(answer, as) {
    const text = JSON.stringify(openaiResponses.encodeResponse(answer, as));
    return JSON.parse(text.replaceAll(MADE, markIn(text))) as JsonObject;
  },
  streamEncoder(as): StreamEncoder<ChatEvent> {
    const encoder = openaiResponses.streamEncoder(as);
    let mark: string | undefined;
    return {
      encode(events) {
        const text = encoder.encode(events);
        // Reasoning comes first, where there is any.
        if (mark === undefined && text.includes('_iw_')) mark = markIn(text);
        return mark === undefined ? text : text.replaceAll(MADE, mark);
      },
      fail: (error, requestId) => encoder.fail(error, requestId),
    };
  },
};

function markIn(text: string): string {
  return text.includes('"rs_iw_') ? REASONED : PLAIN;
}

/** The id of the reasoning that led to an item with this id; undefined where there was none. */
export function requiredReasoning(id: unknown): string | undefined {
  const [, answer] = /^(?:msg|fc)_simr_(.+)_\d+$/u.exec(String(id)) ?? [];
  return answer === undefined ? undefined : `rs${REASONED}${answer}_0`;
}
