import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

// Every part of a measurement runs in a process of its own, which is this program with a role as its first argument.
const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

export interface Role<Message> {
  readonly process: ChildProcess;
  /** What the child told first: where it listens, or that it is ready. */
  readonly first: Message;
  stop(): Promise<void>;
}

/** Starts this program in a role and waits for its first message. @throws Error when it ends before that. */
export function startRole<Message>(role: string, ...args: string[]): Promise<Role<Message>> {
  return startRoleUnder([], role, ...args);
}

/** The same, under options of Node's own. */
export async function startRoleUnder<Message>(
  execArgv: readonly string[],
  role: string,
  ...args: string[]
): Promise<Role<Message>> {
  const child = fork(PROGRAM, [role, ...args], {
    execArgv: [...execArgv],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const first = await firstMessage<Message>(child, role);
  return { process: child, first, stop: () => stopProcess(child) };
}

/** Ends a process that this one started, by its id. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(force);
}

function firstMessage<Message>(child: ChildProcess, role: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Message));
    child.once('exit', (code) =>
      reject(new Error(`The ${role} process ended with ${code} before it was ready.`)),
    );
  });
}
