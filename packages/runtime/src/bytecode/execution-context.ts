import type { Meter, Value } from '@rtfs/core'
import type { ExecutionContext, FormServices, PreparedModule } from '@rtfs/interfaces'
import type { UnitFrame } from '../shared/environment.js'
import { callOutside } from '../shared/functions.js'
import type { Services } from '../shared/services.js'

/** One for each attempt: what the top level of a compiled module computed holds for all calls of it. */
const contexts = new WeakMap<Meter, ExecutionContext>()

/** What compiled code gets from the current attempt of a run. `frame` is the unit that its places are in. */
export function executionContext(services: Services, frame: UnitFrame): ExecutionContext {
  const { meter } = services
  let context = contexts.get(meter)
  if (context === undefined) {
    context = {
      meter,
      taskContext: services.taskContext,
      perform: (capability, args) => services.perform(capability, args),
      invoke: (fn, args) => callOutside(fn, args, services),
      forms: formServices(services, frame),
    }
    contexts.set(meter, context)
  }
  return context
}

/** What the forms that report to the host ask, in a frame. */
export function formServices(services: Services, unit: UnitFrame): FormServices {
  const { host } = services
  return {
    log: (level, values, span) => host.log(level, values, { span: span ?? { start: 0, end: 0 }, unit }),
    discoverAgents: (criteria, options) => host.discoverAgents(criteria, options),
    contextValue: name => host.contextValue(name),
    resource: id => host.resource(id),
    gensym: base => services.gensym(base),
    openBranches: () => host.openBranches(),
    openStep: (name, options) => host.openStep(name, options),
    openHints: meta => host.openHints(meta),
    openResource: (handle, typeName) => host.openResource(handle, typeName),
  }
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
