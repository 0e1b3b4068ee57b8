// Makes calls through a ledger with a spool, in a process of its own, for a test to kill: `worker.ts <spool directory> <ledger file> <oracle url>`.
import { appendFileSync } from 'node:fs';
import { createClient, type Provider } from '@inferway/core';
import { cost, priceTable } from '@inferway/core/middleware';
import { ledger } from '@inferway/core/spending';
import { createSpool } from '@inferway/core/spool';
import type { Ledger } from '@inferway/core/stores';

const [directory = '', file = '', url = ''] = process.argv.slice(2);

/** A ledger of JSON lines; where no file is given, one that is down. */
const lines: Pick<Ledger, 'append'> = {
  async append(rows) {
    if (file === '') throw new Error('down');
    appendFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  },
};

/** A provider that asks a real server, which bills what it answers. */
const provider: Provider = {
  name: 'http',
  async complete(call) {
    const answer = await fetch(`${url}/${call.request.prompt}`, { signal: call.signal });
    const result = { text: await answer.text(), finishReason: { unified: 'stop' as const } };
    const usage = { inputTokens: 3, outputTokens: 4 };
    return { stream: false, result, usage, meta: { provider: 'http', model: 'm' } } as never;
  },
};

const prices = priceTable({ 'http/*': { input: 1, output: 2 } });
const layer = ledger({ ledger: lines as Ledger, spool: createSpool({ directory }), batchMs: 20 });
const client = createClient({ providers: [provider], middleware: [layer, cost({ prices })] });
await Promise.allSettled(
  Array.from({ length: 20 }, (_none, index) =>
    client.complete({
      model: 'http/m' as never,
      prompt: String(index),
      maxOutputTokens: 100,
    } as never),
  ),
);
process.stdout.write('all answered\n');
await layer.close();
process.stdout.write('closed\n');
