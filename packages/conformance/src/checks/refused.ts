import { InferwayError } from '@inferway/core';
import { expectTrue } from '../expect.js';
import type { Bench } from '../provider/bench.js';

/**
 * True where the adapter does not take this setting of a request and says so, by a structured warning or a typed error.
 * Asked with the sample's answer.
 */
export async function refused(bench: Bench, request: object, setting: string): Promise<boolean> {
  bench.answerUnary();
  try {
    const { meta } = await bench.ask(false, { request });
    return (meta.warnings ?? []).some(
      (warning) =>
        warning.type === 'unsupported' && (warning.setting ?? '').split(/[.[]/u)[0] === setting,
    );
  } catch (reason) {
    if (!InferwayError.is(reason)) throw reason;
    const { code, param = '' } = reason;
    if (code !== 'unsupported' && code !== 'invalid_request') throw reason;
    expectTrue(
      param.split(/[.[]/u)[0] === setting,
      `the error names "${setting}" as its param, not "${param}"`,
    );
    return true;
  } finally {
    bench.stage.calls.length = 0;
  }
}
