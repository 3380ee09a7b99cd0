import { isRtfsError, type SourceText, type Value } from '@rtfs/core'
import type { CompiledModule } from '@rtfs/interfaces'
import { lower } from '@rtfs/ir'
import { hasErrors, type ParseResult } from '@rtfs/parser'
import { createRuntime, RtfsParseError, type Session } from '@rtfs/runtime'
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
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { grantOf, limitsOf, type RunFlags, tierOf } from '../flags.js'
import type { Io } from '../io.js'
import { printJson, reportFailure } from '../report.js'
import { readSource } from '../source.js'
import { printDiagnostics, warningsOf } from '../warnings.js'

const allTiers = ['ast', 'ir', 'wasm'] as const

type Tier = (typeof allTiers)[number]

interface TestOutcome {
  readonly kind: 'test' | 'example'
  readonly name: string
  readonly passed: boolean
  /** What a failure says. */
  readonly message?: string
}

/** What the tests of a file came to in one tier. */
interface TierOutcome {
  readonly file: string
  readonly tier: Tier
  /** Why the tier did not run the file, when it does not cover it. */
  readonly notCovered?: string
  readonly results: readonly TestOutcome[]
}

/** Runs `deftest` forms and examples in every tier. A tier that does not cover a file is named, and no failure. */
export async function testCommand(files: readonly string[], flags: RunFlags, io: Io): Promise<ExitCode> {
  const json = flags.json === true
  const chosen = tierOf(flags.tier)
  const outcomes: TierOutcome[] = []
  try {
    for (const file of files) {
      const source = await readSource({ file }, io)
      for (const tier of chosen === 'auto' ? allTiers : [chosen]) {
        const outcome = await testFile({
          source,
          file,
          tier,
          flags,
          io,
          warn: tier === (chosen === 'auto' ? 'ast' : chosen),
        })
        outcomes.push(outcome)
        report(outcome, json, io)
      }
    }
  } catch (error) {
    return reportFailure(error, json, io)
  }
  const ok = outcomes.every(({ results }) => results.every(({ passed }) => passed))
  if (json) printJson({ ok, outcomes }, io)
  return ok ? exitCodes.done : exitCodes.failed
}

interface FileInTier {
  readonly source: SourceText
  readonly file: string
  readonly tier: Tier
  readonly flags: RunFlags
  readonly io: Io
  readonly warn: boolean
}

async function testFile(request: FileInTier): Promise<TierOutcome> {
  const { source, file, tier, io, warn } = request
  const session = await openSession(request)
  const parsed = session.parse(source.text, { file })
  if (hasErrors(parsed)) throw new RtfsParseError(parsed.diagnostics, parsed.source)
  if (warn) printDiagnostics([...parsed.diagnostics, ...warningsOf(parsed.program)], parsed.source, io)
  try {
    await session.run(parsed, { tier, file })
  } catch (error) {
    if (!isRtfsError(error, 'UnsupportedError')) throw error
    // A whole file may be beyond compiled code where its functions are not: they are what gets published.
    const results = tier === 'wasm' ? await compiledExamples(parsed, request) : []
    return results.length > 0 ? { file, tier, results } : { file, tier, notCovered: error.message, results }
  }
  const tests = (await session.runTests({ tier })).map(({ name, module, error }): TestOutcome => {
    const title = module === undefined ? name : `${module}/${name}`
    if (error === undefined) return { kind: 'test', name: title, passed: true }
    return { kind: 'test', name: title, passed: false, message: messageOf(error) }
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

async function openSession({ file, tier, flags, io }: FileInTier): Promise<Session> {
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
    modules: createFileModuleLoader({ cwd: io.cwd, entry: file === '-' ? undefined : file }),
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
async function compiledExamples(
  { program }: ParseResult,
  { flags }: FileInTier,
): Promise<readonly TestOutcome[]> {
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
  return { kind: 'example', name: fn.symbol, passed, ...(passed ? {} : { message: detail }) }
}

function report({ file, tier, notCovered, results }: TierOutcome, json: boolean, io: Io): void {
  for (const { name, passed, message } of results) {
    if (!passed) io.err(`FAILED ${file} ${name} in ${tier}: ${message}\n`)
  }
  if (json) return
  const failed = results.filter(({ passed }) => !passed).length
  const parts = [
    ...(results.length > 0 || notCovered === undefined ? [`${results.length - failed} passed`] : []),
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(notCovered === undefined ? [] : [notCovered]),
  ]
  io.out(`${file}: ${tier}: ${parts.join(', ')}\n`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
