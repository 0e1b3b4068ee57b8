// Runs a batch in a process of its own, for a test to kill: `worker.ts <directory> <url> [<id of a batch to resume>]`.
import { createClient, type Provider } from '@inferway/core';
import { fileBatchStore } from '@inferway/core/batch-files';

const [directory = '', url = '', known] = process.argv.slice(2);

/** A provider that asks a real server for each item. */
const provider: Provider = {
  name: 'http',
  async complete(call) {
    const { prompt } = call.request;
    const answer = await fetch(`${url}/${prompt}`, { signal: call.signal });
    const result = { text: await answer.text(), finishReason: { unified: 'stop' as const } };
    return { stream: false, result, meta: { provider: 'http', model: 'm' } } as never;
  },
};

const client = createClient({
  providers: [provider],
  batch: { store: fileBatchStore(directory), concurrency: 2 },
});
const job =
  known === undefined
    ? await client.batch.create({
        model: 'http/m' as never,
        operation: 'complete' as never,
        items: Array.from({ length: 10 }, (_none, index) => ({ prompt: String(index) })) as never,
      })
    : await client.batch.resume(known);
process.stdout.write(`${job.id}\n`);
const ended = await client.batch.wait(job.id);
process.stdout.write(`${JSON.stringify(ended.counts)}\n`);
