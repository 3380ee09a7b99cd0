import {
  keyword,
  languageError,
  moduleError,
  type RtfsError,
  RtfsErrorValue,
  RtfsMap,
  RtfsVector,
  type SourceText,
} from '@rtfs/core'
import type { ModuleLoader } from '@rtfs/interfaces'
import { hasErrors, type MacroEvaluator, type Module, type ParseResult, type Program } from '@rtfs/parser'
import { createMacroEvaluator } from '../macros/macro-evaluator.js'
import { parseText } from '../macros/parse-text.js'
import { copyOf } from '../shared/errors.js'

/** A module file that was read: one module form, nothing else (LANGUAGE §12.1). */
export interface ModuleFile {
  readonly path: string
  readonly program: Program
  readonly module: Module
  readonly source: SourceText
  /** Runs the macros of this file. */
  readonly evaluator: MacroEvaluator
}

/** Reads module files and keeps what it read, by path and text. */
export class ModuleFiles {
  readonly #loader: ModuleLoader | undefined
  readonly #parsed = new Map<string, { readonly text: string; readonly file: ModuleFile }>()
  readonly #open: string[] = []

  constructor(loader: ModuleLoader | undefined) {
    this.#loader = loader
  }

  /** The file of a module, `undefined` when there is none. Throws ModuleError when it cannot be used. */
  find(name: string, importer: string | undefined): ModuleFile | undefined {
    const loaded = this.#loader?.load(name, importer)
    if (loaded === undefined) return undefined
    const known = this.#parsed.get(loaded.path)
    if (known?.text === loaded.text) return known.file
    if (this.#open.includes(loaded.path)) throw cycleError([...this.#open, loaded.path])
    this.#open.push(loaded.path)
    try {
      const file = this.#parse(loaded.path, loaded.text)
      this.#parsed.set(loaded.path, { text: loaded.text, file })
      return file
    } finally {
      this.#open.pop()
    }
  }

  /** The text of a file that was read. */
  source(path: string): SourceText | undefined {
    return this.#parsed.get(path)?.file.source
  }

  #parse(path: string, text: string): ModuleFile {
    const evaluator = createMacroEvaluator()
    const parsed = parseText(text, { file: path, evaluator, modules: this })
    if (hasErrors(parsed)) throw fileError(path, parseErrorValue(parsed))
    const [module, second] = parsed.program.forms
    if (module?.kind !== 'module') throw shapeError(path, 'it has no module form')
    if (second !== undefined) throw shapeError(path, 'there are forms beside its module form')
    return { path, program: parsed.program, module, source: parsed.source, evaluator }
  }
}

/** The error of a chain of imports that comes back to where it was. */
export function cycleError(chain: readonly string[]): RtfsError {
  const from = chain.indexOf(chain[chain.length - 1]!)
  const cycle = chain.slice(from)
  return moduleError(`Circular dependency: ${cycle.join(' → ')}`, { cycle: RtfsVector.from(cycle) })
}

/** An error inside an imported file: a ModuleError with its path and the error as cause (LANGUAGE §12.2). */
export function fileError(path: string, cause: RtfsErrorValue): RtfsError {
  const message = `${path}: ${cause.message}`
  const error = moduleError(message, { path })
  const { kind, type, details } = error.value!
  return copyOf(error, new RtfsErrorValue(kind, type, error.message, details, cause))
}

function shapeError(path: string, what: string): RtfsError {
  const inner = languageError('InvalidProgram', `Invalid program: ${what}`, { message: what })
  return fileError(path, inner.value!)
}

/** The first error of a text that does not parse, as a value. */
function parseErrorValue(parsed: ParseResult): RtfsErrorValue {
  const first = parsed.diagnostics.find(item => item.severity === 'error')!
  const at = parsed.source.positionAt(first.start)
  return new RtfsErrorValue(
    'ParseError',
    keyword('error/parse'),
    `${first.code} at ${at.line}:${at.column}: ${first.message}`,
    RtfsMap.from([
      [keyword('code'), first.code],
      [keyword('line'), at.line],
      [keyword('column'), at.column],
    ]),
  )
}
