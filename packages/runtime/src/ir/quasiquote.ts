import { type MapKey, RtfsList, RtfsMap, RtfsVector, type Value } from '@rtfs/core'
import type { IrTemplate, QuasiquoteNode } from '@rtfs/ir'
import { mapKeyOf } from '@rtfs/stdlib'
import type { Place } from '../shared/services.js'
import { splice } from '../shared/splice.js'
import type { Compile } from './calls.js'
import type { Code, Frame } from './code.js'
import type { Machine } from './machine.js'
import { locateAt, placed } from './placed.js'
import { type Scope, siteOf } from './scope.js'

/** Values of the unquoted parts in source order, and the symbols made so far, of one evaluation. */
interface Construction {
  readonly values: readonly Value[]
  next: number
  readonly symbols: Map<string, Value>
}

type Builder = (construction: Construction) => Value

/** Quasiquote (LANGUAGE §8): the unquoted parts are evaluated left to right, then the data is put together. */
export function compileQuasiquote(node: QuasiquoteNode, scope: Scope, compile: Compile): Code {
  const parts: { readonly code: Code; readonly site: Place }[] = []
  const site = siteOf(node, scope)
  const compiler = new TemplateCompiler(scope, part => {
    parts.push({ code: compile(part, scope), site: siteOf(part, scope) })
    return parts[parts.length - 1]!.site
  })
  const build = compiler.compile(node.template)
  return (frame: Frame) => {
    const values: Value[] = []
    for (const part of parts) values.push(part.code(frame))
    return placed(site, () => build({ values, next: 0, symbols: new Map() }))
  }
}

class TemplateCompiler {
  readonly #machine: Machine
  readonly #addPart: (expr: Extract<IrTemplate, { kind: 'unquote' | 'splice' }>['expr']) => Place

  constructor(
    scope: Scope,
    addPart: (expr: Extract<IrTemplate, { kind: 'unquote' | 'splice' }>['expr']) => Place,
  ) {
    this.#machine = scope.machine
    this.#addPart = addPart
  }

  compile(template: IrTemplate): Builder {
    switch (template.kind) {
      case 'data': {
        const { value } = template
        return () => value
      }
      case 'gensym': {
        const { base } = template
        return construction => this.#symbol(construction, base)
      }
      case 'unquote':
      case 'splice':
        this.#addPart(template.expr)
        return construction => construction.values[construction.next++]!
      case 'template-list': {
        const items = this.#items(template.items)
        return construction => RtfsList.from(items(construction))
      }
      case 'template-vector': {
        const items = this.#items(template.items)
        return construction => RtfsVector.adopt(items(construction))
      }
      case 'template-map': {
        const entries = template.entries.map(entry => ({
          key: this.compile(entry.key),
          value: this.compile(entry.value),
        }))
        return construction =>
          RtfsMap.from(
            entries.map((entry): readonly [MapKey, Value] => {
              const key = mapKeyOf(entry.key(construction), 'map')
              return [key, entry.value(construction)]
            }),
          )
      }
    }
  }

  #items(templates: readonly IrTemplate[]): (construction: Construction) => Value[] {
    const adders = templates.map(template => this.#adder(template))
    const machine = this.#machine
    return construction => {
      const items: Value[] = []
      for (const add of adders) add(items, construction)
      machine.meter.elements(items.length)
      return items
    }
  }

  #adder(template: IrTemplate): (items: Value[], construction: Construction) => void {
    const machine = this.#machine
    if (template.kind !== 'splice') {
      const build = this.compile(template)
      return (items, construction) => {
        machine.meter.charge(1)
        items.push(build(construction))
      }
    }
    const site = this.#addPart(template.expr)
    return (items, construction) => {
      try {
        splice(items, construction.values[construction.next++]!, machine.meter)
      } catch (error) {
        throw locateAt(error, site)
      }
    }
  }

  /** `name#` is one symbol all through one quasiquote. */
  #symbol(construction: Construction, base: string): Value {
    let symbol = construction.symbols.get(base)
    if (symbol === undefined) construction.symbols.set(base, (symbol = this.#machine.services.gensym(base)))
    return symbol
  }
}
