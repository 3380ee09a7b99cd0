import type { Type } from '@rtfs/core'
import type { Node, Variable } from './nodes.js'
import { type Fields, nodeShapes, type Shape } from './shape.js'
import type { Referent } from './unit-index.js'
import { textToWire, valueToWire, type Wire } from './value-wire.js'

/** What stands for a reference to something outside of a definition, to be replaced by its hash. */
export interface Hole {
  readonly referent: Referent
}

export type Atom = Wire | Hole

export interface CodeContext {
  readonly referentOf: (node: Node) => Referent | undefined
  /** What a global name that the code defines stands for. */
  readonly definitionOf: (name: string) => Referent
  /** Canonical text of a type. */
  readonly typeText: (type: Type) => string
  /** The same for the type of a resource, where a name that is no alias names a kind of resource. */
  readonly resourceText: (type: Type) => string
}

/**
 * Fields that say nothing about what code does: names and places (they are the error table's), documentation, hints,
 * and what follows from the rest. The type of a resource is written apart.
 */
const left: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['def', new Set(['name'])],
  ['defstruct', new Set(['name'])],
  ['lambda', new Set(['name', 'returnSpan', 'captures', 'hint', 'doc', 'meta'])],
  ['apply', new Set(['tail'])],
  ['cast', new Set(['path'])],
  ['is', new Set(['text'])],
  ['with-resource', new Set(['resourceType'])],
])
/** The same for the parts of nodes. */
const leftInParts = new Set(['path', 'span'])

/**
 * The code of nodes as a flat list that is equal exactly when they differ in names only: variables and the targets of
 * `recur` are numbered as they come, types are canonical text, every list comes after its length. Flat, so that it
 * nests no deeper than one literal.
 */
export function codeText(nodes: readonly Node[], context: CodeContext): readonly Atom[] {
  const writer = new CodeWriter(context)
  for (const node of nodes) writer.node(node)
  return writer.atoms
}

class CodeWriter {
  readonly atoms: Atom[] = []
  readonly #context: CodeContext
  readonly #variables = new Map<number, number>()
  readonly #targets = new Map<number, number>()

  constructor(context: CodeContext) {
    this.#context = context
  }

  node(node: Node): void {
    const referent = this.#context.referentOf(node)
    if (referent !== undefined) {
      this.atoms.push('ref', { referent })
      return
    }
    this.atoms.push(node.kind)
    if (node.kind === 'ref') {
      this.atoms.push(this.#number(this.#variables, node.variable))
      return
    }
    if (node.kind === 'lambda' || node.kind === 'loop') this.#number(this.#targets, node.id)
    const omitted = left.get(node.kind)
    const fields = nodeShapes.get(node.kind)!.filter(([name]) => omitted?.has(name) !== true)
    this.#fields(fields, node)
    if (node.kind === 'with-resource')
      this.atoms.push(textToWire(this.#context.resourceText(node.resourceType)))
    // A definition inside a definition: which global name it fills is part of what the code does.
    if ((node.kind === 'def' || node.kind === 'defstruct') && node.variable === undefined) {
      this.atoms.push({ referent: this.#context.definitionOf(node.name) })
    }
  }

  #number(numbers: Map<number, number>, id: number): number {
    let number = numbers.get(id)
    if (number === undefined) numbers.set(id, (number = numbers.size + 1))
    return number
  }

  #fields(fields: Fields, owner: object): void {
    for (const [name, shape] of fields) this.#part(shape, (owner as Record<string, unknown>)[name])
  }

  #part(shape: Shape, part: unknown): void {
    const { atoms } = this
    switch (shape.is) {
      case 'node':
        this.node(part as Node)
        return
      case 'type':
        atoms.push(textToWire(this.#context.typeText(part as Type)))
        return
      case 'text':
      case 'choice':
        atoms.push(textToWire(part as string))
        return
      case 'count':
        atoms.push(part as number)
        return
      case 'flag':
        atoms.push(part as boolean)
        return
      case 'equality':
        atoms.push(part !== undefined)
        return
      case 'value':
      case 'key':
        atoms.push(valueToWire(part as never))
        return
      case 'span':
        return
      case 'variable':
        atoms.push(this.#number(this.#variables, (part as Variable).id))
        return
      case 'variable-id':
        atoms.push(this.#number(this.#variables, part as number))
        return
      case 'node-id':
        atoms.push(this.#number(this.#targets, part as number))
        return
      case 'meta': {
        const meta = part as ReadonlyMap<string, never>
        atoms.push(meta.size)
        for (const [key, value] of meta) atoms.push(textToWire(key), valueToWire(value))
        return
      }
      case 'list': {
        const parts = part as readonly unknown[]
        atoms.push(parts.length)
        for (const each of parts) this.#part(shape.of, each)
        return
      }
      case 'maybe':
        atoms.push(part !== undefined)
        if (part !== undefined) this.#part(shape.of, part)
        return
      case 'null-or':
        atoms.push(part !== null)
        if (part !== null) this.#part(shape.of, part)
        return
      case 'record':
        this.#fields(
          shape.fields.filter(([name]) => !leftInParts.has(name)),
          part as object,
        )
        return
      case 'union': {
        const { kind } = part as { readonly kind: string }
        atoms.push(kind)
        this.#fields(
          shape.kinds.get(kind)!.filter(([name]) => !leftInParts.has(name)),
          part as object,
        )
        return
      }
      case 'later':
        this.#part(shape.get(), part)
    }
  }
}
