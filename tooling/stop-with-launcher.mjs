// Preloaded by `start`. `npx` passes SIGTERM to a shell that dies without passing it on, so that whoever stops `npx` alone
// would leave the gateway running. The sign of it: a process above this one has been given a new parent. Linux only;
// elsewhere, and for signals that do arrive (Ctrl-C, a signal to pnpm or to the group), nothing here is needed.
import { readFileSync } from 'node:fs';

/** @param {number} pid */
function parentOf(pid) {
  try {
    // The second field, the command, may hold spaces and brackets: count from the last one.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

const launcher = process.ppid;
const above = parentOf(launcher);

if (above !== undefined && above > 1) {
  const timer = setInterval(() => {
    if (process.ppid === launcher && parentOf(launcher) === above) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  timer.unref();

  // A signal that did arrive is not said twice: a second one means "at once". Listen only to what the program listens to,
  // because a listener alone would keep the signal from ending the program.
  const followed = new Set();
  process.on('newListener', (name) => {
    if ((name !== 'SIGTERM' && name !== 'SIGINT') || followed.has(name)) return;
    followed.add(name);
    process.once(name, () => clearInterval(timer));
  });
}
