import { type MapKey, RtfsList, RtfsMap, RtfsVector, type Value } from '@rtfs/core'
import type { Expr, MapExpr, Quasiquote, Template, VectorExpr } from '@rtfs/parser'
import { mapKeyOf } from '@rtfs/stdlib'
import { splice } from '../shared/splice.js'
import type { Done } from './continuation.js'
import type { Machine } from './machine.js'
import type { Scope } from './scope.js'

/** `[a b]`: the elements left to right. */
export function evaluateVector(machine: Machine, node: VectorExpr, scope: Scope): Done {
  machine.all(node.elements, scope, values => {
    machine.at(node, scope.unit)
    machine.meter.elements(values.length)
    machine.give(RtfsVector.adopt(values))
  })
}

/** `{k v}`: entries in source order, key before value; of equal keys the last value wins (LANGUAGE §2). */
export function evaluateMap(machine: Machine, node: MapExpr, scope: Scope): Done {
  evaluateEntries(machine, node, scope, 0, [])
}

function evaluateEntries(
  machine: Machine,
  node: MapExpr,
  scope: Scope,
  index: number,
  entries: (readonly [MapKey, Value])[],
): Done {
  const entry = node.entries[index]
  if (entry === undefined) {
    machine.at(node, scope.unit)
    machine.meter.elements(2 * entries.length)
    return machine.give(RtfsMap.from(entries))
  }
  machine.after(entry.key, scope, key => {
    machine.at(entry.key, scope.unit)
    const legal = mapKeyOf(key, 'map')
    machine.after(entry.value, scope, value => {
      entries.push([legal, value])
      evaluateEntries(machine, node, scope, index + 1, entries)
    })
  })
}

/** Quasiquote (LANGUAGE §8): the unquoted parts are evaluated left to right, then the data is put together. */
export function evaluateQuasiquote(machine: Machine, node: Quasiquote, scope: Scope): Done {
  const parts: Expr[] = []
  collectUnquotes(node.template, parts)
  machine.all(parts, scope, values => {
    machine.at(node, scope.unit)
    machine.give(new Construction(machine, scope, node, parts, values).build(node.template))
  })
}

/** The evaluated parts of a template in source order. */
function collectUnquotes(template: Template, parts: Expr[]): Done {
  switch (template.kind) {
    case 'data':
    case 'gensym':
      return
    case 'unquote':
    case 'splice':
      parts.push(template.expr)
      return
    case 'template-list':
    case 'template-vector':
      for (const item of template.items) collectUnquotes(item, parts)
      return
    case 'template-map':
      for (const { key, value } of template.entries) {
        collectUnquotes(key, parts)
        collectUnquotes(value, parts)
      }
  }
}

/** Puts the data of one quasiquote together. `name#` is one symbol all through it. */
class Construction {
  readonly #machine: Machine
  readonly #scope: Scope
  readonly #node: Quasiquote
  readonly #parts: readonly Expr[]
  readonly #values: readonly Value[]
  readonly #symbols = new Map<string, Value>()
  #next = 0

  constructor(
    machine: Machine,
    scope: Scope,
    node: Quasiquote,
    parts: readonly Expr[],
    values: readonly Value[],
  ) {
    this.#machine = machine
    this.#scope = scope
    this.#node = node
    this.#parts = parts
    this.#values = values
  }

  build(template: Template): Value {
    switch (template.kind) {
      case 'data':
        return template.value
      case 'gensym':
        return this.#symbol(template.base)
      case 'unquote':
      case 'splice':
        return this.#values[this.#next++]!
      case 'template-list':
        return RtfsList.from(this.#items(template.items))
      case 'template-vector':
        return RtfsVector.adopt(this.#items(template.items))
      case 'template-map':
        return RtfsMap.from(
          template.entries.map(entry => {
            const key = mapKeyOf(this.build(entry.key), 'map')
            return [key, this.build(entry.value)]
          }),
        )
    }
  }

  #items(templates: readonly Template[]): Value[] {
    const items: Value[] = []
    const { meter } = this.#machine
    for (const template of templates) {
      if (template.kind === 'splice') {
        this.#machine.at(this.#parts[this.#next]!, this.#scope.unit)
        splice(items, this.build(template), meter)
        this.#machine.at(this.#node, this.#scope.unit)
      } else {
        meter.charge(1)
        items.push(this.build(template))
      }
    }
    meter.elements(items.length)
    return items
  }

  #symbol(base: string): Value {
    let symbol = this.#symbols.get(base)
    if (symbol === undefined) this.#symbols.set(base, (symbol = this.#machine.services.gensym(base)))
    return symbol
  }
}
