import { isRtfsError, keyword, type Limits, languageError, type RtfsError, type SourceText } from '@rtfs/core'
import { hasErrors, type Program } from '@rtfs/parser'
import {
  createRuntime,
  RtfsParseError,
  type RunOptions,
  type RunResult,
  type Runtime,
  type RuntimeOptions,
  type TierChoice,
} from '@rtfs/runtime'
import { bytecode } from './bytecode.js'
import { importingModuleOf, meantFunction } from './called-function.js'
import type { Reach } from './capabilities/reach.js'
import { interruptible } from './interrupt.js'
import type { Io } from './io.js'
import { printDiagnostics, warningsOf } from './warnings.js'

/** What runs a program, and how. */
export interface Execution {
  readonly source: SourceText
  readonly reach: Reach
  readonly options: Omit<RuntimeOptions, keyof Reach>
  readonly tier: TierChoice
  readonly limits: Partial<Limits>
  /** Directory of the module cache, for functions that are delegated to it. */
  readonly dir: string
  /** Name of its journal; then the run may go on where an earlier process stopped. */
  readonly runId?: string | undefined
  readonly call?: { readonly name: string; readonly args: readonly unknown[] } | undefined
  readonly io: Io
}

/** Runs a program after printing what the checker has against it. Throws what the run throws. */
export async function execute(execution: Execution): Promise<RunResult> {
  const { source, io, call } = execution
  const { runtime, waits, close } = await openRuntime(execution)
  try {
    const session = runtime.session()
    const read = session.parse(source.text, source.file === undefined ? {} : { file: source.file })
    if (hasErrors(read)) throw new RtfsParseError(read.diagnostics, read.source)
    printDiagnostics([...read.diagnostics, ...warningsOf(read.program)], read.source, io)
    const options = runOptions(execution)
    const parsed = call === undefined ? read : importingModuleOf(call.name, read)
    try {
      return waits || execution.runId !== undefined
        ? await session.run(parsed, { ...options, around: interruptible })
        : interruptible(() => session.runSync(parsed, options))
    } catch (error) {
      if (call !== undefined && isUnknownFunction(error, call.name)) {
        throw unknownFunction(call.name, read.program)
      }
      throw error
    }
  } finally {
    await close()
  }
}

/** The name that was asked for is the only one that stands nowhere in the text. */
function isUnknownFunction(error: unknown, name: string): boolean {
  if (!isRtfsError(error, 'UndefinedSymbol') || error.span !== undefined) return false
  return error.value?.details.get(keyword('symbol')) === name
}

function unknownFunction(name: string, program: Program): RtfsError {
  const meant = meantFunction(name, program)
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`
  return languageError('UndefinedSymbol', `Undefined symbol: ${name}${hint}`, { symbol: name })
}

function runOptions({ tier, limits, call, source, runId }: Execution): RunOptions {
  return {
    tier,
    limits,
    ...(runId === undefined ? {} : { runId }),
    ...(call === undefined ? {} : { call: call.name, args: call.args }),
    ...(source.file === undefined ? {} : { file: source.file }),
  }
}

interface OpenRuntime {
  readonly runtime: Runtime
  readonly waits: boolean
  readonly close: () => Promise<void>
}

/** The runtime alone; with the module cache only for programs that delegate, because it takes long to load. */
async function openRuntime(execution: Execution): Promise<OpenRuntime> {
  const { reach, dir, tier } = execution
  const { waits, ...grants } = reach
  const { modules, texts } = watched(execution)
  const options: RuntimeOptions = { ...execution.options, ...grants, ...(modules && { modules }) }
  const runtime = createRuntime({ ...options, ...(tier === 'wasm' ? { bytecode: await bytecode() } : {}) })
  if (!mentionsDelegation(execution.source, runtime, texts)) return { runtime, waits, close: async () => {} }
  const { createRtfs } = await import('@rtfs/sdk')
  const rtfs = createRtfs({ ...options, dir })
  return { runtime: rtfs.runtime, waits: true, close: () => rtfs.close() }
}

/** The module loader, with the texts that it gave. */
function watched({ options }: Execution) {
  const texts: string[] = []
  const loader = options.modules
  const modules = loader && {
    load(name: string, importer: string | undefined) {
      const loaded = loader.load(name, importer)
      if (loaded !== undefined) texts.push(loaded.text)
      return loaded
    },
  }
  return { modules, texts }
}

/** Whether the program, or a module that it imports, holds a delegation hint; parsing loads the modules. */
function mentionsDelegation({ text, file }: SourceText, runtime: Runtime, texts: readonly string[]): boolean {
  const hint = ':delegation'
  if (text.includes(hint)) return true
  if (!text.includes('import')) return false
  runtime.parse(text, file === undefined ? {} : { file })
  return texts.some(each => each.includes(hint))
}
