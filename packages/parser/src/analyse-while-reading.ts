import type { Analyser } from './analyser.js'
import type { Expr } from './ast.js'
import { type Declare, forEachDeclared } from './declarations.js'
import { Diagnostics } from './diagnostics.js'
import type { Form } from './forms.js'
import { Reader } from './reader.js'
import { isStackOverflow } from './stack-overflow.js'

/*
 * Each top-level form is analysed as soon as it is read, and then forgotten. So a long text costs the memory of its
 * tree, not also that of all its forms, and collecting garbage is most of what a long text costs.
 *
 * A form may depend on what stands below it: on the delimiters of the rest, by which a reader may change its mind; on
 * definitions that take over the name of a special form or are types. Where that is so, nothing of this counts, and
 * the text is read as a whole first.
 */

export interface AnalysedText {
  readonly forms: readonly Expr[]
  readonly analyser: Analyser
  readonly diagnostics: Diagnostics
}

export interface AnalyseWhileReadingOptions {
  readonly maxDepth: number
  readonly maxErrors: number
  readonly createAnalyser: (diagnostics: Diagnostics, beforeMacros: () => void) => Analyser
}

/** The program of a text without errors of reading, or `undefined` when the text has to be read as a whole first. */
export function analyseWhileReading(
  text: string,
  options: AnalyseWhileReadingOptions,
): AnalysedText | undefined {
  try {
    return new AnalysisWhileReading(text, options).run()
  } catch (error) {
    if (error instanceof WholeTextNeeded || isStackOverflow(error)) return undefined
    throw error
  }
}

class WholeTextNeeded extends Error {}

class AnalysisWhileReading {
  readonly #reader: Reader
  readonly #readerDiagnostics: Diagnostics
  readonly #diagnostics: Diagnostics
  readonly #analyser: Analyser
  /** The type aliases of the top level; those of a module are its own. */
  readonly #types: Set<string>
  /** Forms that were read, but not analysed. */
  #ahead: Form[] = []
  #atEnd = false
  #started = false

  constructor(text: string, { maxDepth, maxErrors, createAnalyser }: AnalyseWhileReadingOptions) {
    this.#readerDiagnostics = new Diagnostics(maxErrors)
    this.#reader = new Reader(text, this.#readerDiagnostics, { maxDepth, keepComments: false, missing: [] })
    this.#diagnostics = new Diagnostics(maxErrors)
    // An evaluator may be told of macros only when it is certain that they are.
    this.#analyser = createAnalyser(this.#diagnostics, () => this.#readToEnd())
    this.#types = this.#analyser.types
  }

  run(): AnalysedText {
    const made: Expr[] = []
    while (this.#ahead.length > 0 || !this.#atEnd) {
      if (this.#ahead.length === 0) this.#readOn()
      const forms = this.#ahead
      this.#ahead = []
      this.#started = true
      for (const form of forms) made.push(this.#analyser.topForm(form))
    }
    return { forms: made, analyser: this.#analyser, diagnostics: this.#diagnostics }
  }

  #readToEnd(): void {
    while (!this.#atEnd) this.#readOn()
  }

  #readOn(): void {
    let forms = this.#reader.readSome()
    if (forms === undefined) {
      this.#atEnd = true
      forms = this.#reader.read().forms
    }
    const { errorCount, list } = this.#readerDiagnostics
    if (this.#reader.hasProblems || errorCount > 0 || list.length > 0) throw new WholeTextNeeded()
    forEachDeclared(forms, 0, this.#declare)
    if (this.#ahead.length === 0) this.#ahead = forms
    else for (const form of forms) this.#ahead.push(form)
  }

  readonly #declare: Declare = (name, kind) => {
    const { scope, unknownTypes } = this.#analyser
    if (kind === 'type') {
      if (unknownTypes.has(name)) throw new WholeTextNeeded()
      this.#types.add(name)
    } else if (scope.matters(name)) {
      if (this.#started) throw new WholeTextNeeded()
      scope.bind(name)
    }
  }
}
