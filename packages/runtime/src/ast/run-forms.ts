import type { Value } from '@rtfs/core'
import type { Expr } from '@rtfs/parser'
import type { UnitFrame } from '../shared/environment.js'
import type { Services } from '../shared/services.js'
import { Machine } from './machine.js'
import { Scope } from './scope.js'

/** Runs top-level forms in the frame of their unit; the value of the last, nil for none. */
export function runForms(services: Services, forms: readonly Expr[], unit: UnitFrame): Value {
  const machine = new Machine(services, unit)
  return machine.runFrom(() => machine.body(forms, Scope.of(unit)))
}
