import { defaultLimits, type Limits, unsupported } from '@rtfs/core'
import type { ExecutionContext } from '@rtfs/interfaces'
import { pureServices } from '@rtfs/runtime'

/** The context of a call of compiled code that reaches nothing: fresh limits, no grants. */
export function pureExecution(limits: Partial<Limits> = {}): ExecutionContext {
  const services = pureServices({ limits: { ...defaultLimits, ...limits } })
  return {
    meter: services.meter,
    taskContext: null,
    perform: (capability, args) => services.perform(capability, args),
    invoke: () => {
      throw unsupported('wasm', 'a call of a function of another tier')
    },
  }
}
