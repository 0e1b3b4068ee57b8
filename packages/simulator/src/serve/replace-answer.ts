import type { ChosenFault } from '../faults/fault-control.js';
import type { Exchange } from '../http/exchange.js';
import type { Voice } from '../protocols/voice.js';

/** Does a fault that stands in the answer's place; false where it is of another kind. */
export function replaceAnswer(
  exchange: Exchange,
  { fault, after }: ChosenFault,
  stream: boolean,
  voice: Voice,
): boolean {
  const { requestId } = exchange;
  const replaced = fault.replace?.({ stream, after, voice, requestId });
  if (replaced === undefined) return false;
  const refused = typeof replaced === 'object' && replaced.status !== 200;
  exchange.over(refused ? 'refused' : 'failed');
  if (replaced === 'reset') {
    exchange.cut();
    exchange.socket.resetAndDestroy();
  } else if (replaced !== 'hang') exchange.send(replaced);
  return true;
}
