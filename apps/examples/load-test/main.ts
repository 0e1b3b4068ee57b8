// How much a chain takes before callers feel it: an open loop at the planned rate and at multiples of it, against a simulator with limits of its own.
// npx -y pnpm@12 example load-test [calls a second] [seconds a step] [seed]. Simulated: figures of this machine and of no provider.
import { runStep } from './step.js';
import { headline, judged, line } from './report.js';

const [planned = 40, seconds = 1.2, seed = 1] = process.argv.slice(2).map(Number);
const MULTIPLES = [0.5, 1, 2, 3];

console.log('simulated: no provider is asked, and nothing here says anything about one\n');
console.log(
  'Times in milliseconds from when a call was due; refused: by the limits of the chain, or not over in time; 429s: refusals of the provider;\nlate: how far the load itself was behind its plan at most.\n',
);
console.log(headline());
const results = [];
for (const multiple of MULTIPLES) {
  const result = await runStep({ rate: planned * multiple, seconds, seed });
  results.push(result);
  console.log(line(result));
}
console.log(`\n${judged(results)}`);
