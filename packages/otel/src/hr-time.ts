import type { HrTime } from '@opentelemetry/api';
import type { Clock } from '@inferway/core';

/**
 * Turns the client's monotonic milliseconds into OpenTelemetry's epoch time, by one look at the wall clock: the spans of a call are then
 * as far apart as they were measured, and as long as the metrics say.
 */
export function epochTimes(clock: Clock): (ms: number) => HrTime {
  const offset = clock.wallTime() - clock.now();
  return (ms) => {
    const epoch = offset + ms;
    const seconds = Math.floor(epoch / 1000);
    return [seconds, Math.min(999_999_999, Math.round((epoch - seconds * 1000) * 1e6))];
  };
}
