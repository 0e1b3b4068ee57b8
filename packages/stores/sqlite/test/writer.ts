// One of several processes that write to one file: `writer.ts <path> <number>`.
import { createSqliteLedger } from '@inferway/sqlite';

const [path = '', number = ''] = process.argv.slice(2);
const ledger = createSqliteLedger({ path, sync: 'normal' });
const row = (id: string, user: string): Parameters<typeof ledger.append>[0][number] => ({
  id,
  callId: 'c',
  attempt: 1,
  at: 0,
  caller: { user },
  operation: 'chat',
  provider: 'p',
  model: 'm',
  status: 'complete',
  costSource: 'none',
  possiblyBilled: false,
});
for (let batch = 0; batch < 50; batch++) {
  const five = [0, 1, 2, 3, 4].map((index) => `${batch}/${index}`);
  await ledger.append([
    ...five.map((name) => row(`own/${number}/${name}`, `w${number}`)),
    ...five.map((name) => row(`all/${name}`, 'all')),
  ]);
}
await ledger.close?.();
