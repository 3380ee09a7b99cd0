import type { Span, Type, Value } from '@rtfs/core'
import type { Fn } from '@rtfs/parser'
import { TierFunction } from '../shared/functions.js'
import type { DelegatedFunction, Services } from '../shared/services.js'
import { applyClosure } from './calls.js'
import { definedNames } from './defined-names.js'
import { Machine } from './machine.js'
import type { Scope } from './scope.js'

/** A function made by the evaluator: its form and the scope it was made in. */
export class Closure extends TierFunction {
  readonly name: string | undefined
  readonly fn: Fn
  readonly scope: Scope
  readonly shape: FnShape
  /** What delegation knows of it; `undefined` for functions that no `def` or `defn` made. */
  delegated: DelegatedFunction | undefined

  /** `name` is that of the `def` it is the value of, when it has none of its own. */
  constructor(fn: Fn, scope: Scope, name?: string) {
    super()
    this.name = fn.name ?? name
    this.fn = fn
    this.scope = scope
    this.shape = shapeOf(fn)
    this.delegated = undefined
  }

  /** For other tiers; calls among closures never nest like this. */
  call(args: readonly Value[], services: Services, span: Span): Value {
    const machine = new Machine(services, this.scope.unit)
    return machine.runFrom(() => applyClosure(machine, this, args, span, this.scope.unit))
  }
}

/** What calls need to know of a function form. */
export interface FnShape {
  /** True when every parameter is a name without annotation and the body defines nothing. */
  readonly simple: boolean
  readonly defines: ReadonlySet<string>
  /** The return annotation that has to be checked. */
  readonly result: Type | undefined
  /** How messages name the number of arguments. */
  readonly arityText: string
}

const shapes = new WeakMap<Fn, FnShape>()

function shapeOf(fn: Fn): FnShape {
  let shape = shapes.get(fn)
  if (shape === undefined) {
    const defines = definedNames(fn.body)
    const simple =
      defines.size === 0 &&
      fn.rest === undefined &&
      fn.params.every(param => param.pattern.kind === 'bind' && param.type === undefined)
    const result = fn.returnType === undefined || isAny(fn.returnType.type) ? undefined : fn.returnType.type
    const count = fn.params.length
    const arityText = fn.rest === undefined ? String(count) : `at least ${count}`
    shapes.set(fn, (shape = { simple, defines, result, arityText }))
  }
  return shape
}

/** True for the annotation that never needs a check. */
export function isAny(type: Type): boolean {
  return type.kind === 'primitive' && type.name === 'any'
}
