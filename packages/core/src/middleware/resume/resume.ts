import { Events } from '../../events.js';
import { on, type Middleware } from '../../middleware.js';
import type { CallOf } from '../../call.js';
import type { StreamReply } from '../../reply.js';
import { resumeRules, type ResumeOptions } from './resume-rules.js';
import { ResumingSource } from './resuming-source.js';
import './resume-events.js';

/**
 * Lets a streamed chat go on that breaks off after its first content, which nothing else does (law 1): with another attempt of the rest of the
 * chain, so that retries, fallbacks and routes further in choose who goes on. The stream shows it as a `resumed` event: after
 * `restart` all before it is taken back, after `continue` the text grows on. Usage and cost are those of all attempts together.
 *
 * Nothing goes on once the model has called a tool, where a provider runs tools, or after the finish reason. Bounded by `times`, the attempt
 * budget, the deadline and a quota over all calls. When going on fails, the error that broke the stream is thrown, with both in `failures`.
 *
 * @throws {InferwayError} `configuration`, when built, for options that cannot work.
 */
export function resume(options: ResumeOptions): Middleware {
  const rules = resumeRules(options);
  return on('chat', async function resume(call, next) {
    const reply = await next(call);
    if (!reply.stream) return reply;
    const source = new ResumingSource(call as CallOf<'chat', true>, next, rules, reply.events);
    const events = new Events(source, call.signal);
    events.observe({
      end(outcome) {
        outcome.cost ??= source.cost;
      },
    });
    const resuming: StreamReply<'chat'> = { ...reply, events };
    return resuming as typeof reply;
  });
}
