import { parseArgs } from 'node:util'
import { RtfsFloat, type Value } from '@rtfs/core'
import { createRuntime } from '@rtfs/runtime'
import { compileFunction, createRtfs, prepareCompiled, pureExecution, wasmBytecode } from '@rtfs/sdk'
import { getQuickJS } from 'quickjs-emscripten'
import { median } from './measure.js'
import { versionOf } from './peers/peer.js'
import { largeProgram, type SmallProgram, smallProgram } from './programs/small-programs.js'

/** From the text of a program to its first result, in a process that has run others before. */
interface Engine {
  readonly name: string
  readonly run: (program: SmallProgram, i: number) => number | Promise<number>
  /** Milliseconds that the median may take. */
  readonly atMost?: number
}

/** `main.js latency [--programs N]`: wall time from source text to first result, each program another text. */
export async function latency(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { programs: { type: 'string', default: '400' } } })
  const count = Number(values.programs)
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError('--programs takes a whole number of at least 1')
  const engines = [interpreter('ast'), interpreter('ir', 0.5), wasm(1), await nbb(), await quickjs()]
  const width = Math.max(...engines.map(({ name }) => name.length), 44)
  const print = printer(width)
  const times = engines.map((): number[] => [])
  for (let i = 0; i < 2 * count; i++) {
    const program = smallProgram(i)
    for (const [at, { name, run }] of engines.entries()) {
      const before = performance.now()
      const got = await run(program, i)
      const spent = performance.now() - before
      if (got !== program.expected)
        throw new Error(`${name} gives ${got}, not ${program.expected}: ${program.rtfs}`)
      // The first half warms up.
      if (i >= count) times[at]!.push(spent)
    }
  }
  console.log(`Source text to first result, wall ms, ${count} different small programs after as many others`)
  print('', 'median', 'p90', '')
  for (const [at, { name, atMost }] of engines.entries()) row(print, name, times[at]!, atMost)
  console.log('\nChecked IR to a WebAssembly instance, wall ms')
  print('', 'median', 'p90', '')
  row(print, 'one function', compileTimes(Math.ceil(count / 2), 1), 0.5)
  row(print, 'a module of 50 functions', compileTimes(Math.ceil(count / 20), 50), 5)
}

type Print = (name: string, ...cells: readonly string[]) => void

function printer(width: number): Print {
  return (name, ...cells) =>
    console.log(`${name.padEnd(width)}${cells.map(cell => cell.padStart(10)).join('')}`.trimEnd())
}

function row(print: Print, name: string, times: readonly number[], atMost?: number): void {
  const middle = median(times)
  const p90 = [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.9)]!
  const verdict = atMost === undefined ? '' : `${middle <= atMost ? 'met' : 'MISSED'}: ${atMost}`
  print(name, middle.toFixed(3), p90.toFixed(3), `  ${verdict}`)
}

function interpreter(tier: 'ast' | 'ir', atMost?: number): Engine {
  const runtime = createRuntime()
  return {
    name: `RTFS ${tier}`,
    ...(atMost === undefined ? {} : { atMost }),
    run: ({ rtfs }) => numberOf(runtime.runSync(rtfs, { tier, call: 'run' }).value),
  }
}

function wasm(atMost: number): Engine {
  const bytecode = wasmBytecode()
  const checker = createRtfs({ cache: false })
  return {
    name: 'RTFS wasm',
    atMost,
    run({ rtfs }) {
      const { unit } = checker.check(rtfs)
      if (unit === undefined) throw new Error(`the program is invalid: ${rtfs}`)
      const module = compileFunction(bytecode, unit, { name: 'run', module: undefined })
      const prepared = prepareCompiled(bytecode, module)
      return numberOf(prepared.call(module.exports[0]!.exportName, [], pureExecution({})))
    },
  }
}

async function nbb(): Promise<Engine> {
  const { loadString } = await import('nbb')
  return {
    name: `nbb ${versionOf('nbb')}`,
    run: async ({ rtfs }, i) => Number(await loadString(`(ns latency.p${i})\n${rtfs}\n(run)`)),
  }
}

async function quickjs(): Promise<Engine> {
  const engine = await getQuickJS()
  return {
    name: `quickjs-emscripten ${versionOf('quickjs-emscripten')}, a context for each`,
    run({ javascript }) {
      const vm = engine.newContext()
      const result = vm.unwrapResult(vm.evalCode(`${javascript}; run()`))
      const value = vm.getNumber(result)
      result.dispose()
      vm.dispose()
      return value
    },
  }
}

function compileTimes(programs: number, functions: number): number[] {
  const bytecode = wasmBytecode()
  const checker = createRtfs({ cache: false })
  const times: number[] = []
  for (let i = 0; i < 2 * programs; i++) {
    const { rtfs, names } = largeProgram(i, functions)
    const { unit, diagnostics } = checker.check(rtfs)
    if (unit === undefined) throw new Error(`the program is invalid: ${diagnostics[0]?.message}`)
    const before = performance.now()
    const compiled = bytecode.backend.compile(unit, { exports: names, bundle: true })
    prepareCompiled(bytecode, compiled)
    if (i >= programs) times.push(performance.now() - before)
  }
  return times
}

function numberOf(value: Value): number {
  return value instanceof RtfsFloat ? value.value : Number(value)
}
