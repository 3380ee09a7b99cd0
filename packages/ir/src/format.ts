import type { Type } from '@rtfs/core'
import { isDefault } from './defaults.js'
import { type Doc, group, prefixed, render } from './doc.js'
import type { ApplyNode, Node, Unit, Variable, VariableRefNode } from './nodes.js'
import { type Fields, type LeafShape, nodeShapes, type Shape, typeShape } from './shape.js'
import { formatData, quote } from './value-text.js'

export interface FormatOptions {
  /**
   * For people and for tests: without places, types and ids of nodes that no `recur` can name; other ids count from 1
   * in order of appearance; references are `name.id`, `@global`, `?dynamic` or the plain name of a library function;
   * calls are `(call f args…)`, `(tail-call …)`, `(self-call …)`. `parseUnitText` reads the full form only.
   * Default false.
   */
  readonly brief?: boolean
}

/**
 * The IR as text: `(kind#id @start:end ::type field=part …)`, on one line where it fits. Fields that hold nothing are
 * left out. `parseUnitText` reads it back.
 */
export function formatUnit(unit: Unit, options: FormatOptions = {}): string {
  const brief = options.brief ?? false
  const writer = new DocWriter(brief)
  const globals = unit.globals.length === 0 ? '' : ` globals=[${unit.globals.map(quote).join(' ')}]`
  const open = brief ? `(unit${globals}` : `(unit ${unit.version} last=${unit.lastId}${globals}`
  const forms = unit.forms.map(form => `\n  ${render(writer.node(form), 2)}`)
  return `${open}${forms.join('')})`
}

/** One node as text, in the brief form. */
export function formatNode(node: Node): string {
  return render(new DocWriter(true).node(node), 0)
}

/** Makes documents of nodes; `render` then lays them out. */
class DocWriter {
  readonly #brief: boolean
  readonly #ids = new Map<number, number>()

  constructor(brief: boolean) {
    this.#brief = brief
  }

  #id(id: number): number {
    if (!this.#brief || id === 0) return id
    let short = this.#ids.get(id)
    if (short === undefined) this.#ids.set(id, (short = this.#ids.size + 1))
    return short
  }

  node(node: Node): Doc {
    if (this.#brief && node.kind === 'literal') return formatData(node.value)
    if (this.#brief && node.kind === 'ref') return this.#reference(node)
    if (this.#brief && node.kind === 'apply') return this.#call(node)
    const fields = nodeShapes.get(node.kind)!
    const open = `(${node.kind}${this.#heading(node)}`
    return group(open, this.#fields(fields, node), ')')
  }

  #heading(node: Node): string {
    if (this.#brief) return node.kind === 'loop' || node.kind === 'lambda' ? `#${this.#id(node.id)}` : ''
    const isAny = node.type.kind === 'primitive' && node.type.name === 'any'
    const type = isAny ? '' : ` ::${render(this.#type(node.type), Number.NEGATIVE_INFINITY)}`
    return `#${node.id} @${node.span.start}:${node.span.end}${type}`
  }

  #call(node: ApplyNode): Doc {
    const head = node.tail === 'no' ? '(call' : node.tail === 'yes' ? '(tail-call' : '(self-call'
    const parts = [this.node(node.callee)]
    for (const arg of node.args) parts.push(this.node(arg))
    return group(head, parts, ')')
  }

  #reference(node: VariableRefNode): string {
    switch (node.scope) {
      case 'local':
        return `${node.name}.${this.#id(node.variable)}`
      case 'global':
        return `@${node.name}`
      case 'dynamic':
        return `?${node.name}`
      case 'builtin':
        return node.name
    }
  }

  #fields(fields: Fields, owner: object): Doc[] {
    const docs: Doc[] = []
    for (const [name, shape] of fields) {
      const part = (owner as Record<string, unknown>)[name]
      if (isDefault(shape, part) || (this.#brief && isPlace(shape))) continue
      docs.push(prefixed(`${name}=`, this.#part(shape, part)))
    }
    return docs
  }

  #part(shape: Shape, part: unknown): Doc {
    switch (shape.is) {
      case 'node':
        return this.node(part as Node)
      case 'type':
        return this.#type(part as Type)
      case 'list':
        return this.#list(shape.of, part as readonly unknown[])
      case 'record':
        return group('{', this.#fields(shape.fields, part as object), '}')
      case 'union':
        return this.#union(shape.kinds, part as { readonly kind: string })
      case 'maybe':
        return this.#part(shape.of, part)
      case 'null-or':
        return part === null ? 'nil' : this.#part(shape.of, part)
      case 'later':
        return this.#part(shape.get(), part)
      default:
        return this.#leaf(shape, part)
    }
  }

  #list(of: Shape, parts: readonly unknown[]): Doc {
    const docs: Doc[] = []
    for (const part of parts) docs.push(this.#part(of, part))
    return group('[', docs, ']')
  }

  #union(kinds: ReadonlyMap<string, Fields>, part: { readonly kind: string }): Doc {
    return group(`{${part.kind}`, this.#fields(kinds.get(part.kind)!, part), '}')
  }

  #type(type: Type): Doc {
    return type.kind === 'primitive' ? type.name : this.#union(typeShape.kinds, type)
  }

  #leaf(shape: LeafShape, part: unknown): string {
    switch (shape.is) {
      case 'text':
        return quote(part as string)
      case 'count':
      case 'flag':
      case 'choice':
        return String(part)
      case 'variable-id':
      case 'node-id':
        return String(this.#id(part as number))
      case 'equality':
        return String(part !== undefined)
      case 'value':
      case 'key':
        return formatData(part as never)
      case 'span': {
        const { start, end } = part as Node['span']
        return `${start}:${end}`
      }
      case 'variable': {
        const { id, name, cell } = part as Variable
        return `${/^[\w*+!?<>=/%&-]+$/.test(name) ? name : quote(name)}.${this.#id(id)}${cell ? '!' : ''}`
      }
      case 'meta': {
        const entries = [...(part as ReadonlyMap<string, never>)]
        return `[${entries.map(([key, value]) => `${quote(key)} ${formatData(value)}`).join(' ')}]`
      }
    }
  }
}

function isPlace(shape: Shape): boolean {
  return shape.is === 'span' || (shape.is === 'maybe' && shape.of.is === 'span')
}
