/** What an accounting run found. Money in nano-dollars. */
export interface Figures {
  readonly workers: number;
  readonly killed: number;
  readonly calls: number;
  readonly answered: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly outages: number;
  /** A1 */
  readonly billed: number;
  readonly rows: number;
  readonly lost: number;
  readonly doubled: number;
  /** A2: rows that say to be exact and are not; the sum of what estimates were over or under. */
  readonly exactRows: number;
  readonly wrong: number;
  readonly freeButBilled: number;
  readonly estimatedRows: number;
  readonly estimatesOver: number;
  /** A3: how often budgets were read; the most that one was ever over its limit, by its counter and by the true bill; beyond what was billed above estimates. */
  readonly samples: number;
  readonly overshoot: number;
  readonly trueOvershoot: number;
  readonly beyondBound: number;
  readonly usedUp: number;
  /** A4 */
  readonly heldAtEnd: number;
  readonly placesAtEnd: number;
  /** A5 */
  readonly windows: number;
  readonly overAdmitted: number;
  readonly outageWindows: number;
  readonly outageOver: number;
  /** The same less what an outage may let in: above 0 is a fault. */
  readonly outageOverBound: number;
  /** A6: refusals, and whether counters hold what the ledger has: less what the killed worker left reserved and what is written of it. */
  readonly refused: number;
  readonly tenants: number;
  readonly exactTenants: number;
  readonly lapsed: number;
  readonly abandoned: number;
  readonly unexplained: number;
  /** The killed worker was without a store before: what it spent then is known to nobody, and counters may be below the ledger by that. */
  readonly killedInOutage: boolean;
  /** Beyond what was on its way when the worker was killed: above 0 is a fault. */
  readonly undercounted: number;
  readonly overcounted: number;
  /** A7 */
  readonly foreignCodes: number;
  readonly foreignAnswers: number;
  /** A8 */
  readonly attempts: number;
  readonly mostAttempts: number;
  readonly amplification: number;
}
