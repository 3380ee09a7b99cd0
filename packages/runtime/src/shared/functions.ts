import { RtfsFunction, type Span, type Type, type Value } from '@rtfs/core'
import { checkArity } from '@rtfs/stdlib'
import { checkType } from './checks.js'
import type { UnitFrame } from './environment.js'
import type { Services } from './services.js'

/** A function of one tier. The other tiers call it through `call`, on the native stack. */
export abstract class TierFunction extends RtfsFunction {
  /** Makes the call, whose fuel the caller has charged. The caller places errors that have no place yet. */
  abstract call(args: readonly Value[], services: Services, span: Span): Value
}

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
