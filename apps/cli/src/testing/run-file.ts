import { isRtfsError, type SourceText, type Value } from '@rtfs/core'
import type { CompiledModule, ModuleLoader } from '@rtfs/interfaces'
import { lower } from '@rtfs/ir'
import { hasErrors, type ParseResult } from '@rtfs/parser'
import { createRuntime, parseProgram, RtfsParseError, type Session } from '@rtfs/runtime'
import {
  compileFunction,
  type FunctionInfo,
  functionsOf,
  prepareCompiled,
  pureExecution,
  runExample,
  wasmBytecode,
} from '@rtfs/sdk'
import { createFileModuleLoader } from '@rtfs/sdk/files'
import { bytecode } from '../bytecode.js'
import { openReach } from '../capabilities/reach.js'
import { directoryOf } from '../directory.js'
import { grantOf, limitsOf, type RunFlags } from '../flags.js'
import type { Io } from '../io.js'
import type { TestOutcome, Tier, TierOutcome } from './outcomes.js'

/** A file that is going to be tested. */
export interface TestFile {
  readonly file: string
  readonly source: SourceText
  readonly parsed: ParseResult
  /** Texts of the modules that it imports, by path. */
  readonly modules: ReadonlyMap<string, string>
}

/** Parses a file and what it imports. Throws RtfsParseError. */
export function parseTestFile(source: SourceText, file: string, io: Io): TestFile {
  const modules = new Map<string, string>()
  const loader = moduleLoader(file, io)
  const watched: ModuleLoader = {
    load(name, importer) {
      const loaded = loader.load(name, importer)
      if (loaded !== undefined) modules.set(loaded.path, loaded.text)
      return loaded
    },
  }
  const parsed = parseProgram(source.text, { file, modules: watched })
  if (hasErrors(parsed)) throw new RtfsParseError(parsed.diagnostics, parsed.source)
  return { file, source, parsed, modules }
}

function moduleLoader(file: string, io: Io): ModuleLoader {
  return createFileModuleLoader({ cwd: io.cwd, entry: file === '-' ? undefined : file })
}

/** Runs the `deftest` forms and examples of a file in one tier. Throws what the file itself raises. */
export async function runTestFile(
  { file, source }: TestFile,
  tier: Tier,
  flags: RunFlags,
  io: Io,
): Promise<TierOutcome> {
  const session = await openSession(file, tier, flags, io)
  const parsed = session.parse(source.text, { file })
  try {
    await session.run(parsed, { tier, file })
  } catch (error) {
    if (!isRtfsError(error, 'UnsupportedError')) throw error
    // A whole file may be beyond compiled code where its functions are not: they are what gets published.
    const results = tier === 'wasm' ? await compiledExamples(parsed, flags) : []
    return results.length > 0 ? { file, tier, results } : { file, tier, notCovered: error.message, results }
  }
  const tests = (await session.runTests({ tier })).map(({ name, module, error }): TestOutcome => {
    const title = module === undefined ? name : `${module}/${name}`
    if (error === undefined) return { kind: 'test', name: title, passed: true }
    return { kind: 'test', name: title, passed: false, message: messageOf(error), error }
  })
  const results = [...tests, ...(await runExamples(session, parsed, tier))]
  const missing = definedTests(parsed) - tests.length
  if (missing === 0) return { file, tier, results }
  return { file, tier, notCovered: `${tier} does not cover ${missing} of the tests`, results }
}

function definedTests({ program }: ParseResult): number {
  const { forms } = program
  const inside = forms.flatMap(form => (form.kind === 'module' ? form.forms : [form]))
  return inside.filter(form => form.kind === 'deftest').length
}

async function openSession(file: string, tier: Tier, flags: RunFlags, io: Io): Promise<Session> {
  const { waits: _, ...grants } = await openReach((flags.allow ?? []).map(grantOf), {
    sink: io.err,
    cwd: io.cwd,
    env: io.env,
    dir: directoryOf(flags, io),
    offline: flags.offline === true,
  })
  return createRuntime({
    ...grants,
    limits: limitsOf(flags),
    modules: moduleLoader(file, io),
    ...(tier === 'wasm' ? { bytecode: await bytecode() } : {}),
  }).session()
}

/** The `:examples` of functions that can be called from outside. */
async function runExamples(
  session: Session,
  { program }: ParseResult,
  tier: Tier,
): Promise<readonly TestOutcome[]> {
  const outcomes: TestOutcome[] = []
  const functions = functionsOf(lower(program).unit).filter(fn => fn.exported)
  const modules = new Set(functions.flatMap(({ module }) => (module === undefined ? [] : [module])))
  for (const module of modules) await session.run(`(import ${module})`, { tier })
  for (const fn of functions) {
    for (const example of fn.examples) {
      const call = async (args: readonly Value[]) => (await session.call(fn.symbol, args, { tier })).value
      outcomes.push(outcomeOf(fn, await runExample(example, call)))
    }
  }
  return outcomes
}

/** The examples of functions that compiled code covers one by one, as the module cache runs them. */
async function compiledExamples({ program }: ParseResult, flags: RunFlags): Promise<readonly TestOutcome[]> {
  const target = wasmBytecode()
  const { unit } = lower(program)
  const outcomes: TestOutcome[] = []
  for (const fn of functionsOf(unit)) {
    if (!fn.exported || fn.examples.length === 0) continue
    let compiled: CompiledModule
    try {
      compiled = compileFunction(target, unit, fn)
    } catch (error) {
      if (isRtfsError(error, 'UnsupportedError')) continue
      throw error
    }
    const prepared = prepareCompiled(target, compiled)
    const { exportName } = compiled.exports[0]!
    for (const example of fn.examples) {
      const call = (args: readonly Value[]) => prepared.call(exportName, args, pureExecution(limitsOf(flags)))
      outcomes.push(outcomeOf(fn, await runExample(example, call)))
    }
  }
  return outcomes
}

function outcomeOf(fn: FunctionInfo, { passed, detail }: { passed: boolean; detail: string }): TestOutcome {
  const { symbol: name, lambda } = fn
  if (passed) return { kind: 'example', name, passed }
  return { kind: 'example', name, passed, message: detail, span: lambda.span }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
