import { isInteger, RtfsFloat, RtfsList, type Value } from '@rtfs/core'
import type { ExportMetadata, ExportType } from '../metadata/metadata.js'
import { checkClosureArity, type Running } from './running.js'

/** A function of an instance: fuel, depth, arguments. */
export type Code = (fuel: number, depth: number, ...args: unknown[]) => unknown

/** An exported function of an instance. */
export interface Exported {
  readonly metadata: ExportMetadata
  readonly code: Code
  /** The version for arguments that do not fit `code`. */
  readonly general: Code | undefined
}

/** Calls an exported function with values, as the ABI lets them cross. */
export function callExport(
  running: Running,
  { metadata, code, general }: Exported,
  values: readonly Value[],
): Value {
  const { params, result } = metadata
  if (values.length !== params.length || metadata.hasRest) checkClosureArity(metadata, values.length)
  const args = metadata.hasRest ? withRest(values, metadata.arity) : values
  // Errors about the arguments are reported where the call stands, which is not in this module.
  running.site = -1
  switch (params.length) {
    case 0:
      return finish(running, result, code(running.fuel, running.meter.depth))
    case 1: {
      const a = cross(running, params[0]!, args[0]!, 1)
      if (a === misfit) break
      return finish(running, result, code(running.fuel, running.meter.depth, a))
    }
    case 2: {
      const a = cross(running, params[0]!, args[0]!, 1)
      const b = cross(running, params[1]!, args[1]!, 2)
      if (a === misfit || b === misfit) break
      return finish(running, result, code(running.fuel, running.meter.depth, a, b))
    }
    default: {
      const crossing = args.map((arg, index) => cross(running, params[index]!, arg, index + 1))
      if (crossing.includes(misfit)) break
      return finish(running, result, code(running.fuel, running.meter.depth, ...crossing))
    }
  }
  return finish(running, 'any', general!(running.fuel, running.meter.depth, ...args))
}

/** Runs the top level of a module. */
export function runTopLevel(running: Running, init: Code): Value {
  running.site = -1
  return finish(running, 'any', init(running.fuel, running.meter.depth))
}

const misfit: unique symbol = Symbol('an argument of another kind')

/** A value as it crosses; `misfit` when only the general version takes it. */
function cross(running: Running, type: ExportType, value: Value, slot: number): unknown {
  switch (type) {
    case 'int':
      if (typeof value === 'number') return value
      if (!isInteger(value)) return misfit
      // Too large for a double: NaN says to look into the slot.
      running.wide[slot] = value
      return Number.NaN
    case 'float':
      return value instanceof RtfsFloat ? value.value : misfit
    case 'bool':
      return typeof value === 'boolean' ? (value ? 1 : 0) : misfit
    case 'any':
      return value
  }
}

/** Takes the result and the account back. */
function finish(running: Running, type: ExportType, result: unknown): Value {
  running.returned()
  switch (type) {
    case 'int': {
      const number = result as number
      return Number.isNaN(number) ? running.wide[0]! : number
    }
    case 'float':
      return new RtfsFloat(result as number)
    case 'bool':
      return result === 1
    case 'any':
      return result as Value
  }
}

function withRest(values: readonly Value[], arity: number): readonly Value[] {
  return [...values.slice(0, arity), RtfsList.from(values.slice(arity))]
}
