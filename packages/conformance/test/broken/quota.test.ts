import type { QuotaDecision, QuotaLimit, Reservation } from '@inferway/core/stores';
import { failsOnly, quotaWith } from '../support/broken-store.js';

const chance = /by chance/u;

failsOnly(
  'counts in fixed windows',
  [/no window holds more/u, /it fits after retryAfterMs/u, /windows › /u, chance],
  quotaWith((right, clock) => {
    const fixed = (limits: readonly QuotaLimit[]): QuotaLimit[] =>
      limits.map((limit) =>
        limit.kind === 'window'
          ? {
              ...limit,
              key: `${Math.floor(clock.now() / limit.windowMs)}${limit.key}`.slice(0, 200),
            }
          : limit,
      );
    return {
      reserve: (one) => right.reserve({ ...one, limits: fixed(one.limits) }),
      settle: (one) => right.settle({ ...one, limits: fixed(one.limits) }),
      read: (limits) => right.read(fixed(limits)),
    };
  }),
);

failsOnly(
  'asks for half the wait',
  [
    /fits after retryAfterMs/u,
    /for the whole amount/u,
    /free again when its lease ends/u,
    /earliest end/u,
    /begins at 0/u,
    /when the calendar says/u,
    /was lowered/u,
  ],
  quotaWith((right) => ({
    reserve(one) {
      const decision = right.reserve(one) as QuotaDecision;
      if (decision.granted || decision.retryAfterMs === undefined) return decision;
      return { ...decision, retryAfterMs: Math.ceil(decision.retryAfterMs / 2) };
    },
  })),
);

failsOnly(
  'keeps what the others took where one refuses',
  [/the others do not lose/u, /two limits of one counter/u, chance],
  quotaWith((right) => ({
    reserve(one) {
      const decision = right.reserve(one) as QuotaDecision;
      if (decision.granted) return decision;
      one.limits.forEach((limit, index) => {
        const alone = { ...one, id: `${one.id}/${index}`.slice(-200), limits: [limit] };
        if (index !== decision.refused) right.reserve(alone);
      });
      return decision;
    },
  })),
);

failsOnly(
  'never ends a lease',
  [
    /lease ends/u,
    /lease that ended/u,
    /of several leases/u,
    /renewing brings nothing back/u,
    /a day later/u,
    /earliest end/u,
    /free(?:, too,)? when it ends/u,
    chance,
  ],
  quotaWith((right) => ({
    reserve: (one) =>
      right.reserve({ ...one, leaseMs: one.leaseMs > 0 ? 2_000_000_000 : one.leaseMs }),
  })),
);

failsOnly(
  'gives back what a lease that ended had reserved',
  [
    /lease that ended counts as spent/u,
    /of several leases/u,
    /still corrects/u,
    /a day later/u,
    /free when it ends/u,
    chance,
  ],
  quotaWith((right, clock) => {
    const open = new Map<string, { readonly one: Reservation; readonly end: number }>();
    const lapse = (): void => {
      for (const [id, { one, end }] of open) {
        if (end > clock.now()) continue;
        open.delete(id);
        const spend = one.limits.map(({ kind }) => (kind === 'spend' ? 0 : undefined));
        right.settle({ id, limits: one.limits, actual: spend });
      }
    };
    return {
      reserve(one) {
        lapse();
        const held = open.has(one.id);
        const decision = right.reserve(one) as QuotaDecision;
        if (decision.granted && !held) open.set(one.id, { one, end: clock.now() + one.leaseMs });
        return decision;
      },
      renew(ids, leaseMs) {
        lapse();
        for (const id of ids) {
          const known = open.get(id);
          if (known !== undefined) open.set(id, { ...known, end: clock.now() + leaseMs });
        }
        return right.renew(ids, leaseMs);
      },
      settle(one) {
        lapse();
        open.delete(one.id);
        return right.settle(one);
      },
      read(limits) {
        lapse();
        return right.read(limits);
      },
    };
  }),
);

failsOnly(
  'counts every settlement',
  [
    /settling twice/u,
    /still corrects/u,
    /not known is counted now/u,
    /settled by many/u,
    /free when it ends/u,
    chance,
  ],
  quotaWith((right) => {
    const settled = new Map<string, number>();
    return {
      settle(one) {
        const times = settled.get(one.id) ?? 0;
        settled.set(one.id, times + 1);
        return right.settle(times === 0 ? one : { ...one, id: `${times} ${one.id}` });
      },
    };
  }),
);

failsOnly(
  'looks first and takes later',
  [/granted at the same time/u, /amounts of all sizes/u],
  quotaWith((right) => ({
    async reserve(one) {
      // Two limits of one counter are left to the right one: that is another fault.
      const distinct = new Set(one.limits.map((limit) => limit.kind + limit.key)).size;
      if (distinct < one.limits.length || one.limits.length !== 1) return right.reserve(one);
      const [limit] = one.limits as [QuotaLimit];
      const [state] = (await right.read(one.limits)) as [{ used: number }];
      const amount = limit.kind === 'places' ? 1 : limit.amount;
      if (!(state.used + amount <= limit.limit)) return right.reserve(one);
      if (limit.kind === 'spend' && limit.restorable === true) return right.reserve(one);
      await Promise.resolve();
      return right.reserve({ ...one, limits: [{ ...limit, limit: Number.MAX_SAFE_INTEGER }] });
    },
  })),
);

failsOnly(
  'restores again and again',
  [/until it is restored, once/u, /restore at the same time/u],
  quotaWith((right) => {
    const restored = new Set<string>();
    return {
      restore(limit, used, startsAt) {
        if (limit.restorable === true && restored.has(limit.key)) {
          right.settle({
            id: `again ${restored.size}${limit.key}`,
            limits: [limit],
            actual: [used + 1],
          });
          return undefined;
        }
        if (startsAt === undefined) restored.add(limit.key);
        return right.restore(limit, used, startsAt);
      },
    };
  }),
);

failsOnly(
  'takes any number for an amount',
  [/amounts, limits and times that are none/u],
  quotaWith((right) => ({
    reserve: (one) =>
      right.reserve({
        ...one,
        limits: one.limits.map((limit) =>
          limit.kind === 'places' || limit.amount >= 0 ? limit : { ...limit, amount: 0 },
        ),
      }),
  })),
);

failsOnly(
  'does not know the id again',
  [/takes nothing more/u, /one id reserved by many/u, /by chance/u],
  quotaWith((right) => {
    const times = new Map<string, number>();
    return {
      reserve(one) {
        const count = times.get(one.id) ?? 0;
        const id = count === 0 ? one.id : `${count} ${one.id}`;
        const decision = right.reserve({ ...one, id }) as QuotaDecision;
        if (decision.granted) times.set(one.id, count + 1);
        return decision;
      },
    };
  }),
);
