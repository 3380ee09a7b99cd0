import type { Value } from '@rtfs/core'
import type { ExecutionContext, PreparedModule } from '@rtfs/interfaces'
import { astTier } from '../ast/tier.js'
import type { UnitFrame } from '../shared/environment.js'
import type { Services } from '../shared/services.js'

/** What compiled code gets from a run. `call` makes its calls of functions that are no compiled code. */
export function executionContext(
  services: Services,
  call: (fn: Value, args: readonly Value[]) => Value,
): ExecutionContext {
  return {
    meter: services.meter,
    taskContext: services.taskContext,
    perform: (capability, args) => services.perform(capability, args),
    invoke: call,
  }
}

/** The same, with such calls made by the evaluator. */
export function evaluatorContext(services: Services, frame: UnitFrame): ExecutionContext {
  return executionContext(services, (fn, args) => astTier.call(fn, args, services, frame))
}

/** Calls an export one level deeper, as any function; the caller has charged the call. */
export function callExport(
  module: PreparedModule,
  exportName: string,
  args: readonly Value[],
  context: ExecutionContext,
): Value {
  const { meter } = context
  meter.enter()
  try {
    return module.call(exportName, args, context)
  } finally {
    meter.leave()
  }
}
