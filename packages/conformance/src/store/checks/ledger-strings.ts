import type { Ledger, LedgerRow } from '@inferway/core/stores';
import { expectMatch } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { rowOf } from '../ledger-rows.js';
import { storeChecks, type StoreRig } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';
import { allRows, told } from './ledger-reading.js';

const HOSTILE: readonly string[] = [
  "'; DROP TABLE ledger; --",
  `" OR ""="`,
  '%',
  '_',
  String.raw`\' \" \\ \0 \x00`,
  '$1 $$ :name ?',
  '{a,"b",NULL}',
  '["json"]',
  'NULL',
  '__proto__',
  'line\nbreak\r\n\ttab',
  'ünïcödé 漢字 👩‍👩‍👧 \u202Egnp',
  ' leading and trailing ',
  'A',
  'a',
  'é',
  'e\u0301',
];

/** Names come from users. They are values, never anything else. */
export function ledgerStrings(suite: StoreSuite): readonly Check[] {
  return storeChecks(suite, suite.ledger, {
    async 'every string comes back as it was, in every member'({ store, name }) {
      const tenant = name('tenant');
      const rows = HOSTILE.map((text) => hostileRow(name('row') + text, tenant, text));
      await store.append(rows);
      const back = await allRows(store, { tenant });
      for (const row of rows) {
        const found = back.find(({ id }) => id === row.id);
        expectMatch(found && told(found), told(row), `the row of ${JSON.stringify(row.model)}`);
      }
    },

    async 'a filter finds what is equal, and nothing that is alike'({ store, name }) {
      const tenant = name('tenant');
      await store.append(HOSTILE.map((text) => hostileRow(name('row'), tenant, text)));
      for (const text of HOSTILE) {
        for (const member of ['key', 'user', 'team', 'tag', 'provider', 'model'] as const) {
          const [sum] = await store.sum({ tenant, [member]: text });
          expectMatch(sum?.attempts, 1, `rows whose ${member} is ${JSON.stringify(text)}`);
        }
      }
    },

    async 'a tenant may be called anything'({ store, name }) {
      for (const text of HOSTILE) {
        const tenant = `${text}${name('t')}${text}`;
        await store.append([rowOf(name('row'), { caller: { tenant } })]);
        expectMatch((await allRows(store, { tenant })).length, 1, `rows of ${tenant}`);
      }
    },

    'NUL and half a character lose no row': async (rig) => {
      for (const text of ['a\u0000b', '\u0000', 'half \uD83D', '\uDC00 half']) {
        const tenant = rig.name('tenant');
        const row = rowOf(rig.name('row') + text, {
          caller: { tenant, user: text, tags: [text, 'plain'] },
          requestId: text,
          cost: 5,
        });
        await rig.store.append([row, rowOf(rig.name('row'), { caller: { tenant }, cost: 6 })]);
        await rig.store.append([row]);
        const [sum] = await rig.store.sum({ tenant });
        expectMatch(sum, { attempts: 2, cost: 11 }, `the sum with ${JSON.stringify(text)}`);
        await expectFound(rig, tenant, { user: text });
        await expectFound(rig, tenant, { tag: text });
        await expectFound(rig, tenant, { tag: 'plain' });
      }
    },

    'a label of 100,000 characters loses no row': async (rig) => {
      const tenant = rig.name('tenant');
      const long = 'x'.repeat(100_000);
      const row = rowOf(rig.name('row'), {
        caller: { tenant, user: long, tags: [long] },
        model: long,
        cost: 5,
      });
      await rig.store.append([row]);
      await expectFound(rig, tenant, {});
    },
  });
}

function hostileRow(id: string, tenant: string, text: string): LedgerRow {
  return rowOf(id, {
    callId: text,
    caller: { tenant, key: text, user: text, team: text, tags: [text] },
    operation: text,
    provider: text,
    model: text,
    servedBy: text,
    credential: text,
    requestId: text,
  });
}

async function expectFound(
  { store }: StoreRig<Ledger>,
  tenant: string,
  query: { readonly user?: string; readonly tag?: string },
): Promise<void> {
  const [sum] = await store.sum({ tenant, ...query });
  expectMatch(sum, { attempts: 1, cost: 5 }, `the sum of ${JSON.stringify(query)}`);
}
