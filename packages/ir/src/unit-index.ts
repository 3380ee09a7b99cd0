import type { ResolveType, Type } from '@rtfs/core'
import { forEachChild } from './children.js'
import type { DefNode, DefstructNode, ImportNode, ModuleNode, Node, Unit } from './nodes.js'

/** A frame of global names: the unit's own (`module` is empty) or that of a module inside it. */
export interface Root {
  readonly module: string
  readonly forms: readonly Node[]
  readonly globals: ReadonlySet<string>
  /** What defines each global name, in order; usually one form. */
  readonly definitions: ReadonlyMap<string, readonly (DefNode | DefstructNode)[]>
  /** Imports by the prefix that qualified names use: alias or module. */
  readonly imports: readonly ImportNode[]
  /** Type aliases of the frame. */
  readonly types: ReadonlyMap<string, Type>
}

/** Where a definition stands: the same name may occur in several frames of a unit. */
export interface DefinitionKey {
  readonly module: string
  readonly name: string
}

/** The text that stands for a definition in maps. Module names have no line break. */
export function keyText(key: DefinitionKey): string {
  return `${key.module}\n${key.name}`
}

/** The frames of a unit by module name. */
export function indexUnit(unit: Unit): ReadonlyMap<string, Root> {
  const roots = new Map<string, Root>()
  addRoot(roots, '', unit.forms, unit.globals)
  return roots
}

function addRoot(
  roots: Map<string, Root>,
  module: string,
  forms: readonly Node[],
  globals: readonly string[],
): void {
  const definitions = new Map<string, (DefNode | DefstructNode)[]>()
  const imports: ImportNode[] = []
  const types = new Map<string, Type>()
  const modules: ModuleNode[] = []
  const visit = (node: Node): void => {
    switch (node.kind) {
      case 'module':
        modules.push(node)
        return
      case 'import':
        imports.push(node)
        return
      case 'deftype':
        types.set(node.name, node.target)
        return
      case 'defstruct':
        types.set(node.name, node.target)
        break
    }
    if ((node.kind === 'def' || node.kind === 'defstruct') && node.variable === undefined) {
      const known = definitions.get(node.name)
      if (known === undefined) definitions.set(node.name, [node])
      else known.push(node)
    }
    forEachChild(node, visit)
  }
  forms.forEach(visit)
  roots.set(module, { module, forms, globals: new Set(globals), definitions, imports, types })
  for (const node of modules) addRoot(roots, node.name, node.body, node.globals)
}

/** Finds the type aliases that a unit (or a module in it) defines. */
export function typeAliases(unit: Unit, module: string = ''): ResolveType {
  const types = indexUnit(unit).get(module)?.types
  return name => types?.get(name)
}

/** What a reference in `root` means: a definition of this unit, an export of another module, or nobody knows. */
export type Referent =
  | { readonly kind: 'definition'; readonly key: DefinitionKey }
  | { readonly kind: 'export'; readonly module: string; readonly name: string }
  | { readonly kind: 'library'; readonly name: string }
  | { readonly kind: 'unknown'; readonly name: string }

/** Resolves a reference that is not local; `undefined` for one that is, and for other nodes. */
export function referentOf(node: Node, root: Root, roots: ReadonlyMap<string, Root>): Referent | undefined {
  if (node.kind === 'qualified-ref') return exportOf(node.module, node.name, roots)
  if (node.kind !== 'ref' || node.scope === 'local') return undefined
  const { name } = node
  if (node.scope === 'builtin') return { kind: 'library', name }
  if (root.definitions.has(name)) return { kind: 'definition', key: { module: root.module, name } }
  const importing = root.imports.find(each => each.only?.includes(name))
  return importing === undefined ? { kind: 'unknown', name } : exportOf(importing.module, name, roots)
}

function exportOf(module: string, name: string, roots: ReadonlyMap<string, Root>): Referent {
  const inUnit = module !== '' && roots.get(module)?.definitions.has(name)
  return inUnit ? { kind: 'definition', key: { module, name } } : { kind: 'export', module, name }
}
