import {
  genericError,
  type Limits,
  Meter,
  moduleError,
  RtfsSymbol,
  RtfsVector,
  securityViolation,
  type Value,
} from '@rtfs/core'
import type { ExpansionContext } from '@rtfs/stdlib'
import type { HostServices, ModuleServices, Services } from '../shared/services.js'
import { capabilityId } from './capability-id.js'

/** What a run that reaches nothing may still be given. */
export interface PureOptions {
  readonly limits: Limits
  readonly expansion?: ExpansionContext
  /** Names the fresh symbols of quasiquotes; default: counted from 1. */
  readonly gensym?: (base: string) => Value
  /** Milliseconds from any fixed point. Default: `performance.now`. */
  readonly now?: () => number
}

/** Services of a run without host and modules: macros, constant expressions, tests. */
export function pureServices(options: PureOptions): Services {
  let symbols = 0
  const count = (base: string): Value => new RtfsSymbol(`${base}__${++symbols}__auto`)
  return {
    meter: new Meter(options.limits, options.now ?? (() => performance.now())),
    taskContext: null,
    expansion: options.expansion,
    delegate: undefined,
    host: pureHost,
    modules: noModules,
    perform: refuse,
    contextFallback: () => undefined,
    taskField: () => {
      throw genericError('No task context available')
    },
    gensym: options.gensym ?? count,
    registerTest: () => {},
  }
}

function refuse(capability: string): never {
  throw securityViolation('call', capability, 'pure')
}

/** As LANGUAGE §15.1 says of a pure host: nothing is there, reports go nowhere. */
const pureHost: HostServices = {
  call: capability => refuse(capabilityId(capability)),
  log: () => {},
  discoverAgents: () => RtfsVector.empty,
  contextValue: () => null,
  resource: id => id,
  registerObject: () => {},
  openBranches: () => ({ enter: () => {}, leave: () => {} }),
  openStep: () => ({ complete: () => {}, fail: () => {}, abandon: () => {} }),
  openHints: () => ({ close: () => {} }),
  openResource: () => ({ release: () => {} }),
}

const noModules: ModuleServices = {
  import: ({ module }) => {
    throw moduleError(`${module} cannot be imported here`)
  },
  define: ({ name }) => {
    throw moduleError(`${name} cannot be defined here`)
  },
  open: name => {
    throw moduleError(`${name} cannot be defined here`)
  },
  close: ({ name }) => {
    throw moduleError(`${name} cannot be defined here`)
  },
  find: () => undefined,
}
