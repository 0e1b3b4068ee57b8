import { InferwayError } from '@inferway/core';
import {
  checkLimits,
  checkReservation,
  checkSettlement,
  checkWhole,
  type QuotaDecision,
  type QuotaLimit,
  type QuotaState,
  type QuotaStore,
} from '@inferway/core/stores';
import type { KeyNames } from '../key-names.js';
import { redisError } from '../redis-error.js';
import type { RedisAnswer, RedisLink } from '../redis-link.js';
import { run, type Script } from '../script.js';
import { wholeMs } from '../whole-ms.js';
import { READ, RENEW, RESTORE } from './other-scripts.js';
import { RESERVE } from './reserve-script.js';
import { SETTLE } from './settle-script.js';

/** For how long a reservation whose lease ended can be corrected. */
const LATE_MS = 24 * 3_600_000;
const LATE = String(LATE_MS);

/** Counts over all processes, each decision one script on the server's clock. */
export function redisQuota(link: RedisLink, names: KeyNames, settledMs: number): QuotaStore {
  const ask = async (
    script: Script,
    keys: readonly string[],
    values: readonly string[],
  ): Promise<readonly string[]> => texts(await run(link, script, keys, values), link);

  return {
    async reserve(reservation) {
      checkReservation(reservation);
      const { id, limits, leaseMs } = reservation;
      const keys = [names('r', id), ...keysOf(limits, names)];
      const values = [id, wholeMs(leaseMs), LATE, ...valuesOf(limits, [])];
      return decision(await ask(RESERVE, keys, values));
    },
    async settle(settlement) {
      checkSettlement(settlement);
      const { id, limits, actual } = settlement;
      const keys = [names('r', id), ...keysOf(limits, names)];
      return statesOf(
        await ask(SETTLE, keys, [id, wholeMs(settledMs), ...valuesOf(limits, actual)]),
        0,
      );
    },
    async renew(ids, leaseMs) {
      checkReservation({ id: 'renew', limits: [], leaseMs });
      if (ids.length === 0) return;
      const keys = ids.map((id) => names('r', id));
      await run(link, RENEW, keys, [wholeMs(leaseMs), LATE]);
    },
    async read(limits) {
      checkLimits(limits);
      if (limits.length === 0) return [];
      return statesOf(await ask(READ, keysOf(limits, names), valuesOf(limits, [])), 0);
    },
    async restore(limit, used, startsAt) {
      checkLimits([limit]);
      checkWhole('used', used);
      const begin = startsAt === undefined ? '' : String(Math.floor(startsAt));
      const values = [...valuesOf([limit], [used]), begin];
      await run(link, RESTORE, keysOf([limit], names), values);
    },
    async claim(name, ttlMs) {
      if (!(ttlMs > 0 && ttlMs <= Number.MAX_SAFE_INTEGER)) {
        throw new InferwayError('configuration', {
          message: `claim: ttlMs is ${ttlMs}; give milliseconds above 0.`,
          param: 'ttlMs',
        });
      }
      const command = ['SET', names('once', name), '1', 'NX', 'PX', wholeMs(ttlMs)];
      return (await link.send(command)) === 'OK';
    },
  };
}

function keysOf(limits: readonly QuotaLimit[], names: KeyNames): string[] {
  return limits.flatMap((limit) => {
    if (limit.kind === 'window') return names(`w:${wholeMs(limit.windowMs)}`, limit.key);
    if (limit.kind === 'places') return names('p', limit.key);
    return [names(`s:${limit.period}`, limit.key), names(`h:${limit.period}`, limit.key)];
  });
}

function valuesOf(
  limits: readonly QuotaLimit[],
  actual: readonly (number | undefined)[],
): string[] {
  return limits.flatMap((limit, index) => {
    const used = actual[index];
    const most = String(Math.min(Math.floor(limit.limit), Number.MAX_SAFE_INTEGER));
    const tail = used === undefined ? '' : String(used);
    if (limit.kind === 'window') {
      return ['w', most, String(limit.amount), wholeMs(limit.windowMs), '0', '0', tail];
    }
    if (limit.kind === 'places') return ['p', most, '1', '', '0', '0', tail];
    const restorable = limit.restorable === true ? '1' : '0';
    const free = limit.lapse === 'free' ? '1' : '0';
    return ['s', most, String(limit.amount), limit.period, restorable, free, tail];
  });
}

function decision(answer: readonly string[]): QuotaDecision {
  const states = statesOf(answer, 4);
  if (answer[0] === '1') return { granted: true, states };
  const reason = answer[2] as 'full' | 'never' | 'unknown';
  const refused = { granted: false, refused: Number(answer[1]), reason, states } as const;
  return answer[3] === '' ? refused : { ...refused, retryAfterMs: Number(answer[3]) };
}

function statesOf(answer: readonly string[], from: number): QuotaState[] {
  const states: QuotaState[] = [];
  for (let at = from; at < answer.length; at += 3) {
    const [used, held, resetMs] = answer.slice(at, at + 3);
    states.push({
      used: Number(used),
      ...(held === '' ? {} : { held: Number(held) }),
      ...(resetMs === '' ? {} : { resetMs: Number(resetMs) }),
    });
  }
  return states;
}

function texts(answer: RedisAnswer, link: RedisLink): readonly string[] {
  if (Array.isArray(answer)) return answer as readonly string[];
  throw redisError('server', link.server, 'a script answered what no script of ours does.');
}
