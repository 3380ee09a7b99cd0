import type { Type } from '@rtfs/core'
import { isDefault } from './defaults.js'
import type { Node, Unit, Variable, VariableRefNode } from './nodes.js'
import { type Fields, nodeShapes, type Shape, typeShape } from './shape.js'
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

/** Wider than this, a part goes to a line of its own. */
const width = 100

/**
 * The IR as text: `(kind#id @start:end ::type field=part …)`, one line per node where it does not fit. Fields that
 * hold nothing are left out. `parseUnitText` reads it back.
 */
export function formatUnit(unit: Unit, options: FormatOptions = {}): string {
  const printer = new Printer(options.brief ?? false)
  const forms = unit.forms.map(form => `\n  ${printer.node(form, 2)}`).join('')
  const globals = unit.globals.length === 0 ? '' : ` globals=[${unit.globals.map(quote).join(' ')}]`
  if (options.brief) return `(unit${globals}${forms})`
  return `(unit ${unit.version} last=${unit.lastId}${globals}${forms})`
}

/** One node as text, in the brief form. */
export function formatNode(node: Node): string {
  return new Printer(true).node(node, 0)
}

class Printer {
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

  node(node: Node, indent: number): string {
    if (this.#brief) {
      if (node.kind === 'literal') return formatData(node.value)
      if (node.kind === 'ref') return this.#reference(node)
      if (node.kind === 'apply') {
        const head = node.tail === 'no' ? '(call' : node.tail === 'yes' ? '(tail-call' : '(self-call'
        return wrap(head, [node.callee, ...node.args].map(each => this.node(each, indent + 2)), ')', indent)
      }
    }
    const showId = !this.#brief || node.kind === 'loop' || node.kind === 'lambda'
    const id = showId ? `#${this.#id(node.id)}` : ''
    const place = this.#brief ? '' : ` @${node.span.start}:${node.span.end}`
    const isAny = node.type.kind === 'primitive' && node.type.name === 'any'
    const type = isAny || this.#brief ? '' : ` ::${this.#part({ is: 'type' }, node.type, indent)}`
    const fields = this.#fields(nodeShapes.get(node.kind)!, node, indent + 2)
    return wrap(`(${node.kind}${id}${place}${type}`, fields, ')', indent)
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

  #fields(fields: Fields, owner: object, indent: number): string[] {
    return fields.flatMap(([name, shape]) => {
      const part = (owner as Record<string, unknown>)[name]
      if (this.#brief && shape.is === 'span') return []
      if (this.#brief && shape.is === 'maybe' && shape.of.is === 'span') return []
      return isDefault(shape, part) ? [] : [`${name}=${this.#part(shape, part, indent)}`]
    })
  }

  #part(shape: Shape, part: unknown, indent: number): string {
    switch (shape.is) {
      case 'node':
        return this.node(part as Node, indent)
      case 'type':
        return this.#type(part as Type, indent)
      case 'text':
        return quote(part as string)
      case 'count':
        return String(part)
      case 'variable-id':
      case 'node-id':
        return String(this.#id(part as number))
      case 'flag':
      case 'choice':
        return String(part)
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
      case 'meta':
        return `[${[...(part as ReadonlyMap<string, never>)].map(([key, value]) => `${quote(key)} ${formatData(value)}`).join(' ')}]`
      case 'list':
        return wrap('[', (part as readonly unknown[]).map(each => this.#part(shape.of, each, indent + 2)), ']', indent)
      case 'maybe':
        return this.#part(shape.of, part, indent)
      case 'null-or':
        return part === null ? 'nil' : this.#part(shape.of, part, indent)
      case 'record':
        return wrap('{', this.#fields(shape.fields, part as object, indent + 2), '}', indent)
      case 'union': {
        const { kind } = part as { readonly kind: string }
        return wrap(`{${kind}`, this.#fields(shape.kinds.get(kind)!, part as object, indent + 2), '}', indent)
      }
      case 'later':
        return this.#part(shape.get(), part, indent)
    }
  }

  #type(type: Type, indent: number): string {
    if (type.kind === 'primitive') return type.name
    return wrap(`{${type.kind}`, this.#fields(typeShape.kinds.get(type.kind)!, type, indent + 2), '}', indent)
  }
}

/** On one line if it fits, else each part on a line of its own. */
function wrap(open: string, parts: readonly string[], close: string, indent: number): string {
  const separator = open === '[' || open === '{' ? '' : ' '
  const line = `${open}${parts.length === 0 ? '' : separator}${parts.join(' ')}${close}`
  if (indent + line.length <= width && !line.includes('\n')) return line
  const pad = ' '.repeat(indent + 2)
  return `${open}${parts.map(part => `\n${pad}${part}`).join('')}${close}`
}
