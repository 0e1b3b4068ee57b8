import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, type TSInterfaceDeclaration, type TSSignature, type TSType } from 'oxc-parser';
import { workspace } from './workspace.js';

interface Declared {
  readonly path: string;
  readonly shape: TSInterfaceDeclaration;
}

/** Every interface that the sources of core and of the stores declare, those of module augmentations included. */
const interfaces: readonly Declared[] = globSync('packages/{core,stores/*}/src/**/*.ts', {
  cwd: workspace,
})
  .sort()
  .flatMap((path) =>
    interfacesIn(path, readFileSync(join(workspace, path), 'utf8')).map((shape) => ({
      path,
      shape,
    })),
  );

/**
 * The members of an interface, with those of the interfaces that it extends. @throws where there is none of that name.
 *
 * @param from The file that names it: one that is declared there comes before others of its name.
 */
export function membersOf(name: string, from?: string): readonly string[] {
  const named = interfaces.filter(({ shape }) => shape.id.name === name);
  if (named.length === 0) throw new Error(`nothing declares an interface ${name}`);
  const here = named.filter(({ path }) => path === from);
  return (here.length > 0 ? here : named).flatMap(({ path, shape }) => [
    ...shape.extends.flatMap(({ expression }) =>
      expression.type === 'Identifier' ? membersOf(expression.name, path) : [],
    ),
    ...shape.body.body.flatMap(nameOf),
  ]);
}

/** What layers of core tell: the type of each event with its members. */
export function declaredEvents(): ReadonlyMap<string, readonly string[]> {
  const told = interfaces.filter(({ shape }) => shape.id.name === 'ChainEvents');
  return new Map(
    told.flatMap(({ path, shape }) =>
      shape.body.body.flatMap((member) =>
        member.type === 'TSPropertySignature' && member.typeAnnotation
          ? [
              [
                String(nameOf(member)),
                membersIn(member.typeAnnotation.typeAnnotation, path),
              ] as const,
            ]
          : [],
      ),
    ),
  );
}

function membersIn(type: TSType, from: string): readonly string[] {
  if (type.type === 'TSTypeLiteral') return type.members.flatMap(nameOf);
  if (type.type === 'TSIntersectionType') return type.types.flatMap((one) => membersIn(one, from));
  if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return [];
  return membersOf(type.typeName.name, from);
}

function interfacesIn(path: string, text: string): TSInterfaceDeclaration[] {
  const { program, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);
  return program.body.flatMap((statement) => {
    const declared =
      statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declared?.type === 'TSInterfaceDeclaration') return [declared];
    if (declared?.type !== 'TSModuleDeclaration' || declared.body?.type !== 'TSModuleBlock')
      return [];
    return declared.body.body.filter((inner) => inner.type === 'TSInterfaceDeclaration');
  });
}

function nameOf(member: TSSignature): string | readonly string[] {
  if (member.type !== 'TSPropertySignature' && member.type !== 'TSMethodSignature') return [];
  if (member.key.type === 'Identifier') return member.key.name;
  return member.key.type === 'Literal' ? String(member.key.value) : [];
}
