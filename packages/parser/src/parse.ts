import { type Diagnostic, SourceText, type Type } from '@rtfs/core'
import { analyseWhileReading } from './analyse-while-reading.js'
import { Analyser } from './analyser.js'
import type { Defmacro, Expr, Program } from './ast.js'
import { ast } from './ast-factories.js'
import { Diagnostics } from './diagnostics.js'
import { Expander, type ImportMacros, type MacroEvaluator } from './expander.js'
import { fencedCode, readAsQuasiquote } from './fences.js'
import type { Form } from './forms.js'
import { defaultMaxDepth } from './reader.js'
import { type Recovered, readWithRecovery } from './recovery.js'
import { isStackOverflow } from './stack-overflow.js'
import { type ReportType, readType } from './types.js'

/** What `parse` may be told. All of it is optional. */
export interface ParseOptions {
  /** Name of the text in messages. */
  readonly file?: string
  /** Mend delimiters where that is safe, and report what was mended as warnings. Default false. */
  readonly repair?: boolean
  /** Runs macros. Without one, a call of a macro is an error. */
  readonly evaluator?: MacroEvaluator
  /** Macros known before this text, by the name they are called by. */
  readonly macros?: ReadonlyMap<string, Defmacro>
  /** Names defined before this text; they shadow the special forms that may be shadowed. */
  readonly knownGlobals?: ReadonlySet<string>
  /** Type aliases defined before this text. */
  readonly knownTypes?: ReadonlySet<string>
  /** Macros that an import makes visible. Return an empty map to leave a failing import to run time. */
  readonly importMacros?: ImportMacros
  /** Levels of nesting of forms and of the tree. Default 500. */
  readonly maxDepth?: number
  /** Bytes of UTF-8 text. Default 16 MiB. */
  readonly maxBytes?: number
  /** Errors kept; further ones are dropped. Default 100. */
  readonly maxErrors?: number
}

/** What `parse` understood. The program is valid iff no diagnostic is an error: see `hasErrors`. */
export interface ParseResult {
  readonly program: Program
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[]
  readonly source: SourceText
  /** All macros known after this text, by the name they are called by. */
  readonly macros: ReadonlyMap<string, Defmacro>
}

/** Reads and analyses a program. Never throws because of the text. */
export function parse(text: string, options: ParseOptions = {}): ParseResult {
  const source = new SourceText(text, options.file)
  const early = canAnalyseWhileReading(text, options)
    ? analyseWhileReading(text, {
        maxDepth: options.maxDepth ?? defaultMaxDepth,
        maxErrors: options.maxErrors ?? defaultMaxErrors,
        createAnalyser: (diagnostics, beforeMacros) => analyserFor(text, diagnostics, options, beforeMacros),
      })
    : undefined
  if (early !== undefined) {
    return {
      program: ast.program(early.forms, { start: 0, end: text.length }),
      diagnostics: early.diagnostics.sorted(),
      source,
      macros: early.analyser.macros,
    }
  }
  const reading = read(text, options)
  const analyser = analyserFor(text, afterReading(reading, options), options)
  const forms = guarded(reading.diagnostics, () => analyser.topLevel(reading.forms)) ?? []
  return {
    program: ast.program(forms, { start: 0, end: text.length }),
    diagnostics: reading.diagnostics.sorted(),
    source,
    macros: analyser.macros,
  }
}

/** One expression; `expression` is undefined when the text has none. */
export interface ParseExpressionResult {
  readonly expression: Expr | undefined
  readonly diagnostics: readonly Diagnostic[]
  readonly source: SourceText
}

/** Reads exactly one form; text left over is P003, no form at all is P002. */
export function parseExpression(text: string, options: ParseOptions = {}): ParseExpressionResult {
  const source = new SourceText(text, options.file)
  const reading = read(text, options)
  const { forms, diagnostics } = reading
  checkSingle(forms, text, diagnostics)
  const analyser = analyserFor(text, afterReading(reading, options), options)
  const expression = guarded(diagnostics, () => analyser.topLevel(forms.slice(0, 1))[0])
  return { expression, diagnostics: diagnostics.sorted(), source }
}

/** Reads a type expression in any spelling (LANGUAGE §10.1): `:int`, `int?`, `[:vector :string]`. */
export function parseType(text: string): { type: Type | undefined; diagnostics: readonly Diagnostic[] } {
  const { forms, diagnostics } = read(text, {})
  checkSingle(forms, text, diagnostics)
  const form = forms[0]
  const type = form === undefined ? undefined : readType(form, reportTo(diagnostics))
  return { type: diagnostics.errorCount > 0 ? undefined : type, diagnostics: diagnostics.sorted() }
}

/** The type that a form spells; `type` is undefined when it spells none. */
export function typeFromForm(form: Form): { type: Type | undefined; diagnostics: readonly Diagnostic[] } {
  const diagnostics = new Diagnostics()
  const type = readType(form, reportTo(diagnostics))
  return { type: diagnostics.errorCount > 0 ? undefined : type, diagnostics: diagnostics.sorted() }
}

/** True when a result has a diagnostic of severity error, so that its program must not run. */
export function hasErrors(result: { readonly diagnostics: readonly Diagnostic[] }): boolean {
  return result.diagnostics.some(item => item.severity === 'error')
}

/**
 * Runs what recurses over forms. `maxDepth` keeps that far from the end of an ordinary stack; where the stack is
 * smaller, or nearly used up by the caller, its end is a diagnostic, too.
 */
function guarded<T>(diagnostics: Diagnostics, run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (!isStackOverflow(error)) throw error
    const message = 'the forms are nested too deep for the stack of this process'
    diagnostics.report(
      'P003',
      message,
      { start: 0, end: 0 },
      { hint: 'Use a smaller maxDepth to learn where.' },
    )
    return undefined
  }
}

const defaultMaxBytes = 16 * 1024 * 1024
const defaultMaxErrors = 100

/** Not where a macro may be called from the first form on, nor where the program may stand between code fences. */
function canAnalyseWhileReading(text: string, options: ParseOptions): boolean {
  if (options.macros !== undefined && options.macros.size > 0) return false
  return !isTooLong(text, options) && !mayHaveFences(text)
}

function isTooLong(text: string, { maxBytes = defaultMaxBytes }: ParseOptions): boolean {
  return text.length > maxBytes || (text.length * 3 > maxBytes && utf8Length(text) > maxBytes)
}

function mayHaveFences(text: string): boolean {
  return text.includes('```') || text.includes('~~~')
}

/** Where the analyser reports to: nowhere when reading ended early, since it would complain about what was not read. */
function afterReading(reading: Recovered, options: ParseOptions): Diagnostics {
  return reading.stopped ? new Diagnostics(options.maxErrors) : reading.diagnostics
}

function read(text: string, options: ParseOptions): Recovered {
  const maxErrors = options.maxErrors ?? defaultMaxErrors
  if (isTooLong(text, options)) {
    const diagnostics = new Diagnostics(maxErrors)
    diagnostics.report(
      'P003',
      `the text is longer than ${options.maxBytes ?? defaultMaxBytes} bytes`,
      { start: 0, end: 0 },
      {
        hint: 'Split it into modules, or keep data out of programs.',
      },
    )
    return { forms: [], diagnostics, stopped: true }
  }
  const recover = (code: string) =>
    readWithRecovery(code, {
      maxDepth: options.maxDepth ?? defaultMaxDepth,
      keepComments: false,
      maxErrors,
      repair: options.repair ?? false,
      judge: forms => {
        const diagnostics = new Diagnostics(maxErrors)
        analyserFor(code, diagnostics, withoutEvaluator(options)).topLevel(forms)
        return diagnostics.errorCount
      },
    })
  const whole = recover(text)
  return withoutFences(text, whole, recover, options.repair ?? false) ?? whole
}

/** The reading of the code between Markdown fences, when that makes better sense than the text as a whole. */
function withoutFences(
  text: string,
  whole: Recovered,
  recover: (code: string) => Recovered,
  repair: boolean,
): Recovered | undefined {
  if (!mayHaveFences(text)) return undefined
  const fenced = fencedCode(text)
  if (fenced === undefined) return undefined
  const errors = whole.diagnostics.errorCount
  if (errors === 0 && !(fenced.certain && readAsQuasiquote(whole.forms, fenced.opening))) return undefined
  const inside = recover(fenced.code)
  if (inside.forms.length === 0 || (errors > 0 && inside.diagnostics.errorCount > errors)) return undefined
  inside.diagnostics.report('P003', 'the program stands in a Markdown code fence', fenced.opening, {
    severity: repair ? 'warning' : 'error',
    hint: 'Give the code alone, without the fence and the text around it.',
    fixes: [fenced.fix],
  })
  return inside
}

/** To compare two readings nothing is evaluated; calls of macros then count alike in both. */
function withoutEvaluator(options: ParseOptions): ParseOptions {
  const { evaluator: _evaluator, importMacros: _importMacros, ...rest } = options
  return rest
}

function analyserFor(
  text: string,
  diagnostics: Diagnostics,
  options: ParseOptions,
  beforeMacros?: () => void,
): Analyser {
  const maxDepth = options.maxDepth ?? defaultMaxDepth
  return new Analyser({
    text,
    diagnostics,
    maxDepth,
    knownGlobals: options.knownGlobals ?? new Set(),
    knownTypes: options.knownTypes ?? new Set(),
    macros: options.macros ?? new Map(),
    expander: new Expander(options.evaluator, options.importMacros, maxDepth),
    ...(beforeMacros === undefined ? {} : { beforeMacros }),
  })
}

function checkSingle(forms: readonly Form[], text: string, diagnostics: Diagnostics): void {
  const second = forms[1]
  if (forms.length === 0 && diagnostics.errorCount === 0) {
    diagnostics.report('P002', 'an expression was expected, but there is none', {
      start: 0,
      end: text.length,
    })
  } else if (second !== undefined) {
    diagnostics.report('P003', 'text is left over after the expression', {
      start: second.start,
      end: forms[forms.length - 1]!.end,
    })
  }
}

function reportTo(diagnostics: Diagnostics): ReportType {
  return (code, message, span, extra) => diagnostics.report(code, message, span, extra)
}

function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x800) bytes += code >= 0xd800 && code <= 0xdfff ? 1 : 2
    else if (code >= 0x80) bytes++
  }
  return bytes
}
