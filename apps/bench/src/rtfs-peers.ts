import { type Limits, RtfsFloat, type Value } from '@rtfs/core'
import { createRuntime } from '@rtfs/runtime'
import { compileFunction, createRtfs, prepareCompiled, pureExecution, wasmBytecode } from '@rtfs/sdk'
import type { Peer } from './peers.js'

/** Limits are on while we measure; only the clock is given more time, since the evaluator is slow by design. */
const limits: Partial<Limits> = { deadlineMs: 600_000 }

/** One of the interpreters. */
export function interpreter(tier: 'ast' | 'ir'): Peer {
  return {
    name: `RTFS ${tier}`,
    async prepare({ rtfs }) {
      const session = createRuntime({ limits }).session()
      await session.run(rtfs.source, { tier })
      return () => numberOf(session.callSync(rtfs.fn, [], { tier }).value)
    },
  }
}

/** The compiled function, called as the module cache calls it. */
export function compiled(): Peer {
  const bytecode = wasmBytecode()
  return {
    name: 'RTFS wasm',
    async prepare({ rtfs }) {
      const checked = createRtfs({ cache: false }).check(rtfs.source)
      if (checked.unit === undefined)
        throw new Error(checked.diagnostics[0]?.message ?? 'the program is invalid')
      const fn = { name: rtfs.fn, module: undefined }
      const module = compileFunction(bytecode, checked.unit, fn)
      const prepared = prepareCompiled(bytecode, module)
      const { exportName } = module.exports[0]!
      return () => numberOf(prepared.call(exportName, [], pureExecution(limits)))
    },
  }
}

function numberOf(value: Value): number {
  return value instanceof RtfsFloat ? value.value : Number(value)
}
