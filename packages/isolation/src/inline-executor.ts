import { createWasmExecutor, targetId as wasmTarget } from '@rtfs/bytecode-backend'
import { digestOf, RtfsError } from '@rtfs/core'
import type { BytecodeExecutor, IsolatedCall, IsolatedExecutor } from '@rtfs/interfaces'
import { answer } from './answer.js'
import { performEffect } from './perform-effect.js'
import { aborted } from './pool.js'
import { PreparedCache } from './prepared-cache.js'
import type { Recorded } from './protocol.js'
import { fromWire, toWire } from './wire.js'
import { errorFromWire } from './wire-error.js'

/**
 * Runs code in the host's own thread: fuel, depth and deadline hold where code is metered, memory is only accounted.
 * For code that the host trusts, and to compare with.
 */
export function createInlineExecutor({
  executors = [createWasmExecutor()],
}: {
  readonly executors?: readonly BytecodeExecutor[]
} = {}): IsolatedExecutor {
  const modules = new PreparedCache(executors)
  let closed = false

  async function call(request: IsolatedCall) {
    const { bytes, prepare, targetId = wasmTarget, exportName, args, limits, signal } = request
    const { imports, exports, debug } = prepare
    const key = JSON.stringify([digestOf(bytes), targetId, imports, exports])
    const recorded: Recorded[] = []
    const wires = args.map(toWire)
    for (;;) {
      if (closed) throw new RtfsError('RTFS_ISOLATION', 'the executor is closed')
      if (signal?.aborted === true) throw aborted()
      const reply = answer(
        { id: 0, targetId, key, bytes, imports, exports, debug, exportName, args: wires, limits, recorded },
        modules,
      )
      if (reply.kind === 'value') return { value: fromWire(reply.value), fuel: reply.fuel }
      if (reply.kind === 'error') throw errorFromWire(reply.error)
      if (reply.kind === 'need-bytes') throw new RtfsError('RTFS_ISOLATION', 'a module lost its bytes')
      recorded.push(await performEffect(reply, request))
    }
  }

  return {
    level: 'inline',
    call,
    warm: () => {},
    close: async () => {
      closed = true
    },
  }
}
