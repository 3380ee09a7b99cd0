import {
  defaultLimits,
  type Limits,
  Meter,
  RtfsSymbol,
  RtfsVector,
  securityViolation,
  unknownCapability,
  type Value,
} from '@rtfs/core'
import type { Services } from './services.js'

/** Services of a run that reaches nothing: for tests of a tier without the driver. */
export function pureServices(limits: Partial<Limits> = {}): Services {
  const meter = new Meter({ ...defaultLimits, ...limits }, () => performance.now())
  const scoped = { close: () => {} }
  let symbols = 0
  return {
    meter,
    taskContext: null,
    expansion: undefined,
    delegate: undefined,
    perform: capability => {
      throw securityViolation('call', capability, 'pure')
    },
    contextFallback: () => undefined,
    taskField: () => null,
    gensym: base => new RtfsSymbol(`${base}__${++symbols}__auto`),
    registerTest: () => {},
    host: {
      call: capability => {
        throw unknownCapability(String(capability))
      },
      log: () => {},
      discoverAgents: () => RtfsVector.empty,
      contextValue: () => null,
      resource: id => id,
      registerObject: () => {},
      openBranches: () => ({ enter: () => {}, leave: () => {} }),
      openStep: () => ({ complete: () => {}, fail: () => {}, abandon: () => {} }),
      openHints: () => scoped,
      openResource: () => ({ release: () => {} }),
    },
    modules: {
      import: () => {},
      define: (definition, unit): Value => {
        definition.run(unit)
        return null
      },
      find: () => undefined,
    },
  }
}
