import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Which process has something on disk. Process ids are used again: where the system tells, the start of the process is part of it. */
export interface ProcessOwner {
  readonly host: string;
  readonly pid: number;
  /** The system's start and the process's in it, where that can be read (Linux). */
  readonly started?: string | undefined;
  /** Which processes it sees: containers of one host name may each have a process of this number (Linux). */
  readonly space?: string | undefined;
}

/** This process. */
export function thisProcess(): ProcessOwner {
  return {
    host: hostname(),
    pid: process.pid,
    started: startOf(process.pid),
    space: read(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** True for one on this machine. */
export function isOfThisHost(owner: ProcessOwner): boolean {
  return owner.host === hostname();
}

/** True for one that is certainly seen from here, so that it can be asked whether it lives: not in another container. */
export function isSeenFromHere(owner: ProcessOwner): boolean {
  return isOfThisHost(owner) && (owner.space === undefined || owner.space === thisProcess().space);
}

/** Whether a process of this machine lives. One that has the id of a dead one is not taken for it, where the system tells when it began. */
export function isRunning({ pid, started }: ProcessOwner): boolean {
  try {
    process.kill(pid, 0);
  } catch (reason) {
    // Somebody else's process may not be signalled, and is alive.
    if ((reason as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = started === undefined ? undefined : startOf(pid);
  return now === undefined || now === started;
}

function startOf(pid: number): string | undefined {
  return read(() => {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program stands in brackets and may hold spaces; the start is the 20th field behind it.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? undefined : `${boot}:${ticks}`;
  });
}

function read(one: () => string | undefined): string | undefined {
  try {
    return one();
  } catch {
    return undefined;
  }
}
