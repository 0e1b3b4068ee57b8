import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { parseSync } from 'oxc-parser';

/** What DESIGN calls "arrows point down only": for each package, the workspace packages its sources may import. */
const layers: Readonly<Record<string, readonly string[]>> = {
  core: [],
  wire: ['core'],
  'provider-kit': ['core', 'wire'],
  prices: ['core'],
  otel: ['core'],
  simulator: ['core', 'wire'],
  conformance: ['core', 'wire', 'provider-kit'],
};

/** What tests may import besides. Packages that these are built from cannot: their builds would depend on each other. */
const testKits: readonly string[] = ['conformance', 'simulator'];
const testKitUsers = /^packages\/(providers|stores)\/|^packages\/(otel|prices|provider-kit)$/;

export interface Manifest {
  readonly name: string;
  readonly exports?: string | Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface Package {
  /** Folder from the root of the repository, `/` between its parts. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface SourceFile {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const scope = '@inferway/';

/** The workspace packages a package may import, or `undefined` if the package has no place in the house yet. */
function allowedFor(owner: Package, packages: readonly Package[]): readonly string[] | undefined {
  if (owner.folder.startsWith('packages/providers/')) return ['core', 'wire', 'provider-kit'];
  if (owner.folder.startsWith('packages/stores/')) return ['core'];
  // Private, and inside of the package whose tests it runs against older dependencies.
  if (owner.folder === 'packages/otel/sdk-2') return ['core', 'otel'];
  if (owner.folder.startsWith('apps/')) {
    const below = packages.filter(
      (other) =>
        other.folder.startsWith('packages/') ||
        other === owner ||
        (owner.folder === 'apps/bench' && other.folder === 'apps/gateway'),
    );
    return below.map((other) => other.manifest.name.slice(scope.length));
  }
  return layers[owner.folder.replace(/^packages\//, '')];
}

/** Every module specifier of a file: type imports, re-exports and dynamic imports included. */
export function specifiersOf(file: SourceFile): string[] {
  const { module, errors } = parseSync(file.path, file.text);
  const first = errors[0];
  if (first !== undefined) throw new Error(`${file.path}: ${first.message}`);
  const fixed = module.staticImports.map((found) => found.moduleRequest.value);
  const again = module.staticExports.flatMap((found) =>
    found.entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
  );
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
    const literal = /^(['"`])([^$]*)\1$/.exec(file.text.slice(start, end));
    return literal?.[2] ?? [];
  });
  return [...new Set([...fixed, ...again, ...dynamic])];
}

function packageNameOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

function isTest(path: string): boolean {
  return /\/test\/|\.(test|test-d)\.ts$/.test(path) || path.startsWith('packages/otel/sdk-2/');
}

/** What is wrong with one file's imports; empty if nothing. */
export function checkFile(
  file: SourceFile,
  owner: Package,
  packages: readonly Package[],
  rootDevDependencies: Readonly<Record<string, string>> = {},
): string[] {
  const test = isTest(file.path);
  const allowed = [...(allowedFor(owner, packages) ?? [])];
  if (test && testKitUsers.test(owner.folder)) allowed.push(...testKits);
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = owner.manifest;
  const shipped = { ...dependencies, ...peerDependencies, ...optionalDependencies };
  const declared = test ? { ...rootDevDependencies, ...devDependencies, ...shipped } : shipped;

  return specifiersOf(file).flatMap((specifier) => {
    const say = (problem: string): string[] => [`${file.path}: '${specifier}' ${problem}`];
    if (specifier.startsWith('.')) {
      const target = relative(owner.folder, join(dirname(file.path), specifier));
      const shared = owner.folder === 'packages/otel/sdk-2' && target.startsWith('../test/');
      if (target.startsWith('..') && !shared)
        return say('leaves the package: import the other one by name');
      if (!/\.(js|json)$/.test(specifier)) return say('needs a .js (or .json) extension');
      return [];
    }
    if (isBuiltin(specifier)) {
      return specifier.startsWith('node:') ? [] : say(`is written node:${specifier} here`);
    }
    const name = packageNameOf(specifier);
    if (name === owner.manifest.name) return test ? [] : say('is this package: import relatively');
    if (name.startsWith(scope)) {
      const other = packages.find((candidate) => candidate.manifest.name === name);
      if (other === undefined) return say('is no package of this workspace');
      if (!allowed.includes(name.slice(scope.length))) {
        return say(`is not below ${owner.manifest.name} (DESIGN: arrows point down only)`);
      }
      const exported = other.manifest.exports ?? {};
      const entry = `.${specifier.slice(name.length)}`;
      if (typeof exported === 'string' ? entry !== '.' : !(entry in exported)) {
        return say(`is not in the exports of ${name}`);
      }
    }
    if (name in declared || `@types/${name}` in declared) return [];
    const field = test ? 'devDependencies' : 'dependencies or peerDependencies';
    return say(`is not in the ${field} of ${owner.manifest.name}`);
  });
}

/** What is wrong with one manifest; empty if nothing. */
export function checkManifest(owner: Package, packages: readonly Package[]): string[] {
  const where = `${owner.folder}/package.json`;
  const allowed = allowedFor(owner, packages);
  if (allowed === undefined)
    return [`${where}: give the package its place in tooling/boundaries.ts`];
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = owner.manifest;
  const shipped = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
  const problems = shipped
    .filter((name) => name.startsWith(scope) && !allowed.includes(name.slice(scope.length)))
    .map((name) => `${where}: depends on ${name}, which is not below it`);
  const kits = testKitUsers.test(owner.folder) || owner.folder.startsWith('apps/') ? testKits : [];
  for (const name of Object.keys(devDependencies ?? {})) {
    const short = name.slice(scope.length);
    if (name.startsWith(scope) && !allowed.includes(short) && !kits.includes(short)) {
      problems.push(`${where}: develops against ${name}, which is not below it`);
    }
  }
  if (owner.manifest.name === '@inferway/core' && shipped.length > 0) {
    problems.push(`${where}: core has no dependencies, but names ${shipped.join(', ')}`);
  }
  return problems;
}
