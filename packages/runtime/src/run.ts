import type { ModuleLoader } from '@rtfs/interfaces'
import type { ParseResult } from '@rtfs/parser'
import type { RunResult } from './execution.js'
import { createMacroEvaluator } from './macros/macro-evaluator.js'
import { parseText } from './macros/parse-text.js'
import { ModuleFiles } from './modules/module-files.js'
import type { RunOptions, RuntimeOptions } from './options.js'
import { partsOf } from './runtime-parts.js'
import { type OpenRun, type RunSource, Session } from './session.js'

/** Runs programs, each in an environment of its own. */
export interface Runtime {
  /** Runs a program to its end, performing its effects. Rejects with an RtfsError. */
  run(source: RunSource, options?: RunOptions): Promise<RunResult>
  /** Runs a program whose effects all answer at once. */
  runSync(source: RunSource, options?: RunOptions): RunResult
  /** Runs a program, then calls one of its functions: `run` with `call` and `args`. */
  call(source: RunSource, name: string, args?: readonly unknown[], options?: RunOptions): Promise<RunResult>
  /** A run whose effects the caller performs: `start()`, then `resume(results)` until it is complete. */
  open(source: RunSource, options?: RunOptions): OpenRun
  /** Parses a text with its macros expanded, those of modules too. */
  parse(text: string, options?: { readonly file?: string }): ParseResult
  /** Programs that build on one another, as in a REPL. */
  session(): Session
}

/**
 * Makes a runtime. Without options programs compute and reach nothing: every effect needs a grant
 * (`security.allowedCapabilities`) and somebody who performs it (`capabilities`, `host`).
 */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  const parts = partsOf(options)
  const session = () => new Session(parts)
  return {
    run: (source, runOptions) => session().run(source, runOptions),
    runSync: (source, runOptions) => session().runSync(source, runOptions),
    call: (source, name, args = [], runOptions = {}) =>
      session().run(source, { ...runOptions, call: name, args }),
    open: (source, runOptions) => session().open(source, runOptions),
    parse: (text, parseOptions) => session().parse(text, parseOptions),
    session,
  }
}

/** Parses a program with its macros expanded. `modules` supplies the macros of imported modules. */
export function parseProgram(
  text: string,
  options: { readonly file?: string; readonly modules?: ModuleLoader } = {},
): ParseResult {
  const { modules, ...rest } = options
  const files = modules === undefined ? undefined : new ModuleFiles(modules)
  return parseText(text, { ...rest, evaluator: createMacroEvaluator(), modules: files })
}
