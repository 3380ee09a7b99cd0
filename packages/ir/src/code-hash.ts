import { encode as encodeCbor } from '@ipld/dag-cbor'
import { type Digest, digestOf, formatType, type ResolveType, type Type } from '@rtfs/core'
import { type Atom, type CodeContext, codeText, type Hole } from './code-text.js'
import { components } from './components.js'
import { functionType } from './interface-hash.js'
import type { LambdaNode, Node, Unit } from './nodes.js'
import { type DefinitionKey, indexUnit, keyText, type Referent, type Root, referentOf } from './unit-index.js'
import type { Wire } from './value-wire.js'

export interface CodeHashOptions {
  /** Code hash of an export of another module. Default: not known. */
  readonly moduleHash?: (module: string, name: string) => Digest | undefined
  /** Code hash of a global name that earlier units defined. Default: not known. */
  readonly globalHash?: (name: string) => Digest | undefined
  /** Type aliases of earlier units and of the host. Default: none. */
  readonly resolve?: ResolveType
  /** The module inside the unit whose definitions are meant. Default: the unit's own. */
  readonly module?: string
}

/**
 * The code hash of a global definition: SHA-256 of its canonical IR with variables numbered and what it refers to by
 * code hash; mutually recursive definitions are hashed as one group. Names, layout, documentation, metadata and hints
 * do not change it; annotations do. `undefined` when the unit defines no such name, only declares it (a function
 * without body), or when it refers, at any remove, to something that nobody knows: an export of another module, a name of
 * another unit, a type alias. Such code is not known, so it cannot be the same. The unit must be as `lower` gives it, not optimised.
 */
export function codeHash(unit: Unit, name: string, options: CodeHashOptions = {}): Digest | undefined {
  return codeHashes(unit, options).get(name)
}

/** The code hashes of all definitions of the unit (or of one module in it), by name. */
export function codeHashes(unit: Unit, options: CodeHashOptions = {}): ReadonlyMap<string, Digest> {
  const roots = indexUnit(unit)
  const definitions = new Map<string, Definition>()
  for (const root of roots.values()) {
    for (const name of root.definitions.keys()) {
      const definition = readDefinition({ module: root.module, name }, root, roots, options)
      definitions.set(definition.key, definition)
    }
  }
  const hashes = new Map<string, Digest>()
  for (const keys of components([...definitions.keys()], key => definitions.get(key)!.uses)) {
    const group = keys.map(key => definitions.get(key)!)
    if (group.every(member => isClosed(member, keys, hashes, options))) hashGroup(group, hashes, options)
  }
  const module = options.module ?? ''
  const named = [...(roots.get(module)?.definitions.keys() ?? [])].flatMap((name): [string, Digest][] => {
    const key = keyText({ module, name })
    const hash = definitions.get(key)!.declared ? undefined : hashes.get(key)
    return hash === undefined ? [] : [[name, hash]]
  })
  return new Map(named)
}

/** True when its types are known and all that it refers to outside of its group has a hash. */
function isClosed(
  definition: Definition,
  group: readonly string[],
  hashes: ReadonlyMap<string, Digest>,
  options: CodeHashOptions,
): boolean {
  if (definition.unknownType) return false
  return definition.code.every(atom => {
    if (!isHole(atom) || atom.referent.kind === 'library') return true
    if (atom.referent.kind === 'definition' && group.includes(keyText(atom.referent.key))) return true
    return hashOf(atom.referent, hashes, options) !== undefined
  })
}

function hashOf(
  referent: Exclude<Referent, { readonly kind: 'library' }>,
  hashes: ReadonlyMap<string, Digest>,
  options: CodeHashOptions,
): Digest | undefined {
  switch (referent.kind) {
    case 'definition':
      return hashes.get(keyText(referent.key))
    case 'export':
      return options.moduleHash?.(referent.module, referent.name)
    case 'unknown':
      return options.globalHash?.(referent.name)
  }
}

/** A definition ready to be hashed: its code with holes for what it refers to. */
interface Definition {
  readonly key: string
  readonly code: readonly Atom[]
  /** Keys of the definitions of the unit that it refers to. */
  readonly uses: ReadonlySet<string>
  /** True for a function without body. */
  readonly declared: boolean
  /** True when a type is an alias that nobody knows. */
  readonly unknownType: boolean
}

function readDefinition(
  key: DefinitionKey,
  root: Root,
  roots: ReadonlyMap<string, Root>,
  options: CodeHashOptions,
): Definition {
  let unknownType = false
  const known: ResolveType = name => root.types.get(name) ?? options.resolve?.(name)
  const typeText = (type: Type): string => {
    return formatType(type, name => {
      const target = known(name)
      if (target === undefined) unknownType = true
      return target
    })
  }
  const context: CodeContext = {
    referentOf: node => referentOf(node, root, roots),
    definitionOf: name => ({ kind: 'definition', key: { module: root.module, name } }),
    typeText,
    resourceText: type =>
      type.kind === 'ref' && known(type.name) === undefined ? formatType(type) : typeText(type),
  }
  const code: Atom[] = []
  let declared = false
  for (const form of root.definitions.get(key.name)!) {
    const content = form.kind === 'def' ? form.init : form
    if (content.kind === 'defstruct') {
      code.push('struct', typeText(content.target))
    } else if (isDeclaration(content)) {
      declared = true
      code.push('declaration', typeText(functionType(content)))
    } else {
      code.push('code', ...codeText([content], context))
    }
  }
  const uses = new Set<string>()
  for (const atom of code)
    if (isHole(atom) && atom.referent.kind === 'definition') uses.add(keyText(atom.referent.key))
  return { key: keyText(key), code, uses, declared, unknownType }
}

function isDeclaration(node: Node): node is LambdaNode {
  return node.kind === 'lambda' && node.body.length === 0
}

/**
 * Definitions that refer to each other are told apart by what they reach: starting from one colour for all, each gets
 * the hash of its code with its neighbours' colours in place, again and again. After twice as many rounds as there
 * are members, equal colours mean equal behaviour, also between members of different groups of that size.
 */
function hashGroup(
  group: readonly Definition[],
  hashes: Map<string, Digest>,
  options: CodeHashOptions,
): void {
  const isRecursive = group.some(({ uses, key }) => group.length > 1 || uses.has(key))
  let colours = new Map<string, Wire>(group.map(({ key }) => [key, null]))
  const rounds = isRecursive ? 2 * group.length : 1
  for (let round = 1; round <= rounds; round++) {
    const next = new Map<string, Wire>()
    for (const { key, code } of group) {
      const filled = code.map(atom =>
        isHole(atom) ? reference(atom.referent, colours, hashes, options) : atom,
      )
      next.set(key, digestOf(encodeCbor([formatName, isRecursive ? group.length : 0, filled])))
    }
    colours = next
  }
  for (const [key, colour] of colours) hashes.set(key, colour as Digest)
}

const formatName = 'rtfs-code-v1'

/** What stands for a reference: the hash of what it refers to, or the name of a library function. */
function reference(
  referent: Referent,
  colours: ReadonlyMap<string, Wire>,
  hashes: ReadonlyMap<string, Digest>,
  options: CodeHashOptions,
): Wire {
  if (referent.kind === 'library') return ['library', referent.name]
  const key = referent.kind === 'definition' ? keyText(referent.key) : ''
  if (referent.kind === 'definition' && colours.has(key)) return ['group', colours.get(key)!]
  return ['hash', hashOf(referent, hashes, options)!]
}

function isHole(atom: Atom): atom is Hole {
  return typeof atom === 'object' && atom !== null && 'referent' in atom
}
