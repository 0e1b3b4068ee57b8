import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** Packs every public package as a release would, and looks at the tarball: what users get, not what the folder holds. */

const run = promisify(execFile);
const folders = globSync('{packages,apps}/**/package.json', {
  exclude: (path) => /(^|\/)(node_modules|dist|fixtures)$/.test(path),
})
  .filter((path) => !(JSON.parse(readFileSync(path, 'utf8')) as { private?: boolean }).private)
  .map((path) => dirname(path))
  .sort();

async function problemsOf(folder: string, into: string): Promise<string[]> {
  // One file name per package, known before: no need to parse what pnpm prints.
  const tarball = join(into, `${folder.replaceAll('/', '-')}.tgz`);
  await run('pnpm', ['pack', '--out', tarball], { cwd: folder });

  const { stdout: listing } = await run('tar', ['-tzf', tarball]);
  const files = listing.split('\n').filter((line) => line !== '');
  const { stdout: packed } = await run('tar', ['-xzOf', tarball, 'package/package.json']);
  const problems: string[] = [];
  for (const needed of ['package/LICENSE', 'package/README.md', 'package/dist/index.d.ts']) {
    if (!files.includes(needed)) problems.push(`lacks ${needed}`);
  }
  const stray = files.filter((path) => !/^package\/(dist\/|[^/]+$)/.test(path));
  if (stray.length > 0) problems.push(`ships ${stray.join(', ')}`);
  for (const word of ['inferway-source', 'workspace:', 'catalog:']) {
    if (packed.includes(word)) problems.push(`package.json still says ${word}`);
  }

  const manifest = JSON.parse(packed) as Record<string, unknown>;
  const { messages } = await publint({
    pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer },
    strict: true,
  });
  problems.push(
    ...messages.map((message) => `publint: ${formatMessage(message, manifest) ?? message.code}`),
  );

  await run('attw', [tarball, '--profile', 'esm-only', '--no-color', '--no-emoji']).catch(
    (error: { stdout?: string; message: string }) =>
      problems.push(`attw: ${error.stdout ?? error.message}`),
  );
  return problems;
}

const into = mkdtempSync(join(tmpdir(), 'inferway-pack-'));
try {
  let count = 0;
  for (const folder of folders) {
    const problems = await problemsOf(folder, into);
    count += problems.length;
    console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${folder}`);
    for (const problem of problems) console.error(`     ${problem}`);
  }
  console.log(`packages: ${folders.length} packed, ${count} problems`);
  process.exitCode = count === 0 ? 0 : 1;
} finally {
  rmSync(into, { recursive: true, force: true });
}
