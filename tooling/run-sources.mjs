// Lets the pinned Node run the workspace's TypeScript as it is, without a build:
//   node --conditions=inferway-source --import ./tooling/run-sources.mjs <file.ts>
// Node strips types by itself; what it does not do is find `x.ts` for an import of `x.js`.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL !== undefined) {
      const source = new URL(specifier.replace(/\.js$/u, '.ts'), context.parentURL);
      if (existsSync(fileURLToPath(source))) return nextResolve(source.href, context);
    }
    return nextResolve(specifier, context);
  },
});
