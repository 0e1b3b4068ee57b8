import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs a command to its end and gives what it printed. @throws with all of that where it failed. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env }: CommandOptions,
): Promise<string> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
  child.stdin.end();
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (code === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} gave ${code}:\n${stdout}\n${stderr}`);
}
