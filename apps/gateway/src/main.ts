#!/usr/bin/env node
import { InferwayError } from '@inferway/core';
import { failureText } from './start/report.js';
import { HELP, readCommandLine } from './start/settings.js';
import { startGateway, type RunningGateway } from './start/start-gateway.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`inferway: ${text}\n`);

async function start(): Promise<void> {
  const line = readCommandLine(process.argv.slice(2));
  if (line.help) {
    say(HELP);
    return;
  }
  const running = await startGateway({
    line,
    environment: process.env,
    folder: process.cwd(),
    complain,
  });
  // Before it says that it is ready: whoever waits for that may signal at once.
  stopOnSignal(running);
  say(running.banner);
}

function stopOnSignal(running: RunningGateway): void {
  let stopping = false;
  const stop = (): void => {
    // Whoever signals twice does not want to wait.
    if (stopping) process.exit(1);
    stopping = true;
    complain('stopping; calls in flight may end. Signal again to stop at once.');
    running.stop().then(
      () => process.exit(0),
      (reason: unknown) => {
        complain(failureText(reason));
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

// One call's broken promise must not end all others.
process.on('unhandledRejection', (reason) => complain(failureText(reason)));

try {
  await start();
} catch (reason) {
  const known = InferwayError.is(reason) && reason.code !== 'internal';
  complain(known ? reason.message : failureText(reason));
  process.exit(1);
}
