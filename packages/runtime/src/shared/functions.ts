import {
  HostFunction,
  notCallable,
  RtfsFunction,
  type Span,
  type Type,
  typeName,
  type Value,
} from '@rtfs/core'
import { checkArity } from '@rtfs/stdlib'
import { checkType } from './checks.js'
import type { UnitFrame } from './environment.js'
import { callHostFunction } from './host-function.js'
import type { Services } from './services.js'
import { shortText } from './throwing.js'

/** A function of one tier. The other tiers call it through `call`, on the native stack. */
export abstract class TierFunction extends RtfsFunction {
  /** Makes the call, whose fuel the caller has charged. The caller places errors that have no place yet. */
  abstract call(args: readonly Value[], services: Services, span: Span): Value
}

/** Calls a function that is not of the calling tier and not of the library. The call is charged already. */
export function callOutside(fn: Value, args: readonly Value[], services: Services): Value {
  if (fn instanceof TierFunction) return fn.call(args, services, nowhere)
  if (fn instanceof HostFunction) return callHostFunction(fn, args)
  throw notCallable(shortText(fn), typeName(fn))
}

const nowhere: Span = Object.freeze({ start: 0, end: 0 })

/** The constructor that `defstruct` defines: gives the map back when it conforms (LANGUAGE §5.17). */
export class StructConstructor extends TierFunction {
  readonly name: string
  readonly type: Type
  readonly unit: UnitFrame
  constructor(name: string, type: Type, unit: UnitFrame) {
    super()
    this.name = name
    this.type = type
    this.unit = unit
  }

  call(args: readonly Value[], services: Services): Value {
    checkArity(this.name, { min: 1, max: 1 }, args.length)
    return checkType(
      args[0]!,
      this.type,
      `${this.name}/param value`,
      this.unit.resolveType,
      undefined,
      services.meter,
    )
  }
}
