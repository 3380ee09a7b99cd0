import { isSuspended, Meter, Suspended, unsupported } from '@rtfs/core'
import type { ExecutionContext } from '@rtfs/interfaces'
import type { PreparedCache } from './prepared-cache.js'
import type { Recorded, Reply, Request } from './protocol.js'
import { fromWire, toWire, type Wire } from './wire.js'
import { errorFromWire, errorToWire } from './wire-error.js'

/** The other half: runs one request to its end, to its first unrecorded effect, or to an error. Never throws. */
export function answer(request: Request, modules: PreparedCache): Reply {
  const { id, limits } = request
  const meter = new Meter(limits, () => performance.now())
  try {
    const module = modules.find(request)
    if (module === undefined) return { id, kind: 'need-bytes' }
    // The caller of compiled code charges the call and counts its depth, as for any function.
    meter.charge(1)
    meter.enter()
    const value = module.call(
      request.exportName,
      request.args.map(fromWire),
      contextOf(meter, request.recorded),
    )
    return { id, kind: 'value', value: toWire(value), fuel: meter.spentFuel }
  } catch (error) {
    if (isSuspended(error)) return { id, kind: 'effect', ...(error.effects[0] as Asked) }
    return { id, kind: 'error', error: errorToWire(error), fuel: meter.spentFuel }
  }
}

interface Asked {
  readonly capability: string
  readonly args: readonly Wire[]
}

/** Effects answer from what is recorded; the first that is not ends the attempt, as any suspension does. */
function contextOf(meter: Meter, recorded: readonly Recorded[]): ExecutionContext {
  let next = 0
  return {
    meter,
    taskContext: null,
    perform(capability, args) {
      const result = recorded[next++]
      if (result === undefined) {
        const asked: Asked = { capability, args: args.map(toWire) }
        throw new Suspended([asked])
      }
      if ('error' in result) throw errorFromWire(result.error)
      return fromWire(result.value)
    },
    invoke: () => {
      throw unsupported('isolation', 'a call of a function of another tier')
    },
  }
}
