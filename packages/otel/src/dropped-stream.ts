import type { CallTracker } from './call-tracker.js';

// An unended span is never exported: a stream that its reader forgot is ended when the collector finds it.
const dropped = new FinalizationRegistry<CallTracker>((tracker) => {
  tracker.finish({ ending: 'abandoned' });
});

/** Ends the call as `abandoned` once nobody holds `events` any more; an end that came before stands. */
export function whenDropped(events: object, tracker: CallTracker): void {
  dropped.register(events, tracker);
}
