import { type Limits, RtfsFloat, RtfsVector, type Value } from '@rtfs/core'
import { createRuntime, type KernelOptions } from '@rtfs/runtime'
import { compileFunction, createRtfs, prepareCompiled, pureExecution, wasmBytecode } from '@rtfs/sdk'
import type { BenchCase } from '../programs/index.js'
import { type FreshRun, peerHere } from './here.js'
import type { Peer } from './peer.js'

/** Limits are on while we measure; only the clock is given more time, since the evaluator is slow by design. */
const limits: Partial<Limits> = { deadlineMs: 600_000 }

/** One of the interpreters. */
export function interpreter(tier: 'ast' | 'ir'): Peer {
  return interpreterAs(tier, `RTFS ${tier}`, tier)
}

/** The IR runtime as it is where WebAssembly must not be made. */
export function interpreterWithoutCode(): Peer {
  return interpreterAs('ir-registers', 'RTFS ir, registers', 'ir', { engine: 'registers' })
}

function interpreterAs(id: string, name: string, tier: 'ast' | 'ir', kernels: KernelOptions = {}): Peer {
  return peerHere(id, name, async benchCase => {
    const session = createRuntime({ limits, kernels }).session()
    await session.run(textOf(benchCase), { tier })
    const data = hasData(benchCase) ? [session.callSync('data', [], { tier }).value] : []
    return runOf(benchCase, data, args => numberOf(session.callSync('run', args, { tier }).value))
  })
}

/** The compiled function, called as the module cache calls it. */
export function compiled(): Peer {
  const bytecode = wasmBytecode()
  return peerHere('wasm', 'RTFS wasm', async benchCase => {
    const source = textOf(benchCase)
    const checked = createRtfs({ cache: false }).check(source)
    if (checked.unit === undefined)
      throw new Error(checked.diagnostics[0]?.message ?? 'the program is invalid')
    const module = compileFunction(bytecode, checked.unit, { name: 'run', module: undefined })
    const prepared = prepareCompiled(bytecode, module)
    const { exportName } = module.exports[0]!
    const data = hasData(benchCase) ? [await dataOf(source)] : []
    return runOf(benchCase, data, args => numberOf(prepared.call(exportName, args, pureExecution(limits))))
  })
}

/** A call with the same argument each time, or with a vector of its own. */
function runOf(
  { freshData }: BenchCase,
  data: readonly Value[],
  call: (args: readonly Value[]) => number,
): (() => number) | FreshRun {
  if (freshData !== true) return () => call(data)
  const items = data[0] as RtfsVector
  return { make: () => [RtfsVector.from(items.toArray())], run: args => call(args as readonly Value[]) }
}

/** The argument is made by an interpreter; only its use is timed. */
async function dataOf(source: string): Promise<Value> {
  const session = createRuntime({ limits }).session()
  await session.run(source, { tier: 'ir' })
  return session.callSync('data', [], { tier: 'ir' }).value
}

function textOf({ source, rtfsSource = source }: BenchCase): string {
  return rtfsSource
}

function hasData({ handwritten }: BenchCase): boolean {
  return handwritten.data !== undefined
}

function numberOf(value: Value): number {
  return value instanceof RtfsFloat ? value.value : Number(value)
}
