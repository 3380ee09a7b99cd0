import { encode as encodeCbor } from '@ipld/dag-cbor'
import { type Digest, digestOf } from '@rtfs/core'
import { type Atom, codeText, type Hole } from './code-text.js'
import { components } from './components.js'
import { functionType, signatureOf } from './interface-hash.js'
import type { LambdaNode, Node, Unit } from './nodes.js'
import { type DefinitionKey, indexUnit, keyText, type Referent, referentOf, type Root } from './unit-index.js'
import { textToWire, type Wire } from './value-wire.js'

export interface CodeHashOptions {
  /** Code hash of an export of another module. Without one, the module and the name stand for it. */
  readonly moduleHash?: (module: string, name: string) => Digest | undefined
  /** The module inside the unit whose definitions are meant. Default: the unit's own. */
  readonly module?: string
}

/**
 * The code hash of a global definition: SHA-256 of its canonical IR with variables numbered and what it refers to by
 * code hash; mutually recursive definitions are hashed as one group. Names, layout, documentation, metadata and hints
 * do not change it; annotations do. `undefined` when the unit defines no such name, or only declares it (a function
 * without body). The unit must be as `lower` gives it, not optimised.
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
      const definition = readDefinition({ module: root.module, name }, root, roots)
      definitions.set(definition.key, definition)
    }
  }
  const hashes = new Map<string, Digest>()
  const groups = components([...definitions.keys()], key => definitions.get(key)!.uses)
  for (const group of groups) hashGroup(group.map(key => definitions.get(key)!), hashes, options)
  const module = options.module ?? ''
  const named = [...(roots.get(module)?.definitions.keys() ?? [])].flatMap((name): [string, Digest][] => {
    const key = keyText({ module, name })
    return definitions.get(key)!.declared ? [] : [[name, hashes.get(key)!]]
  })
  return new Map(named)
}

/** A definition ready to be hashed: its code with holes for what it refers to. */
interface Definition {
  readonly key: string
  readonly code: readonly Atom[]
  /** Keys of the definitions of the unit that it refers to. */
  readonly uses: ReadonlySet<string>
  /** True for a function without body. */
  readonly declared: boolean
}

function readDefinition(key: DefinitionKey, root: Root, roots: ReadonlyMap<string, Root>): Definition {
  const resolve = (name: string) => root.types.get(name)
  const context = { referentOf: (node: Node) => referentOf(node, root, roots), resolve }
  const forms = root.definitions.get(key.name)!
  const contents = forms.map(form => (form.kind === 'def' ? form.init : form))
  const declaration = contents.find(isDeclaration)
  const code: Atom[] = []
  contents.forEach(content => {
    if (content.kind === 'defstruct') code.push('struct', signatureOf(content.target, resolve))
    else if (isDeclaration(content)) code.push('declaration', signatureOf(functionType(content), resolve))
    else code.push('code', ...codeText([content], context))
  })
  const uses = new Set<string>()
  for (const atom of code) if (isHole(atom) && atom.referent.kind === 'definition') uses.add(keyText(atom.referent.key))
  return { key: keyText(key), code, uses, declared: declaration !== undefined }
}

function isDeclaration(node: Node): node is LambdaNode {
  return node.kind === 'lambda' && node.body.length === 0
}

/**
 * Definitions that refer to each other are told apart by what they reach: starting from one colour for all, each gets
 * the hash of its code with its neighbours' colours in place, again and again. After twice as many rounds as there
 * are members, equal colours mean equal behaviour, also between members of different groups of that size.
 */
function hashGroup(group: readonly Definition[], hashes: Map<string, Digest>, options: CodeHashOptions): void {
  const isRecursive = group.some(({ uses, key }) => group.length > 1 || uses.has(key))
  let colours = new Map<string, Wire>(group.map(({ key }) => [key, null]))
  const rounds = isRecursive ? 2 * group.length : 1
  for (let round = 1; round <= rounds; round++) {
    const next = new Map<string, Wire>()
    for (const { key, code } of group) {
      const filled = code.map(atom => (isHole(atom) ? reference(atom.referent, colours, hashes, options) : atom))
      next.set(key, digestOf(encodeCbor([formatName, isRecursive ? group.length : 0, filled])))
    }
    colours = next
  }
  for (const [key, colour] of colours) hashes.set(key, colour as Digest)
}

const formatName = 'rtfs-code-v1'

/** What stands for a reference: a hash where there is one, else a name that no program can change. */
function reference(
  referent: Referent,
  colours: ReadonlyMap<string, Wire>,
  hashes: ReadonlyMap<string, Digest>,
  options: CodeHashOptions,
): Wire {
  switch (referent.kind) {
    case 'definition': {
      const key = keyText(referent.key)
      return colours.has(key) ? ['group', colours.get(key)!] : ['hash', hashes.get(key)!]
    }
    case 'export': {
      const hash = options.moduleHash?.(referent.module, referent.name)
      return hash === undefined ? ['export', textToWire(referent.module), textToWire(referent.name)] : ['hash', hash]
    }
    case 'library':
      return ['library', referent.name]
    case 'unknown':
      return ['unknown', textToWire(referent.name)]
  }
}

function isHole(atom: Atom): atom is Hole {
  return typeof atom === 'object' && atom !== null && 'referent' in atom
}
