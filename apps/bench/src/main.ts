import { parseArgs } from 'node:util';

const [role, ...rest] = process.argv.slice(2);

// A part that is stopped, or whose parent is gone, leaves by the front door, so that a profile of it is written.
if (process.send !== undefined) {
  process.on('disconnect', () => process.exit(0));
  process.on('SIGTERM', () => process.exit(0));
}

// The parts of a measurement are this program in a role; without one it is the benchmark itself.
switch (role) {
  case 'upstream': {
    const { runUpstream } = await import('./upstream/child.js');
    await runUpstream();
    break;
  }
  case 'worker': {
    const { runWorker } = await import('./library/worker.js');
    await runWorker(rest[0] ?? '', rest[1] ?? '');
    break;
  }
  case 'layers': {
    const { runLayers } = await import('./layers/worker.js');
    runLayers(rest[0] ?? '');
    break;
  }
  case 'pass-through': {
    const { runPassThrough } = await import('./gateway/pass-through.js');
    await runPassThrough(rest[0] ?? '', rest[1] === 'true');
    break;
  }
  case 'load': {
    const { runLoad } = await import('./gateway/load.js');
    runLoad();
    break;
  }
  default: {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true },
      },
      allowPositionals: true,
    });
    const { runBenchmark } = await import('./run.js');
    await runBenchmark({ quick: values.quick, write: values.write, only: values.only });
  }
}
