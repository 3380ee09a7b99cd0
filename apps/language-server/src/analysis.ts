import { type Diagnostic, diagnostic, isRtfsError } from '@rtfs/core'
import { forEachChild, type Inferred, infer, type Node, type Unit } from '@rtfs/ir'
import { type Form, type Program, readForms } from '@rtfs/parser'
import { createRuntime } from '@rtfs/runtime'
import { checkProgram, type FunctionInfo, functionsOf } from '@rtfs/sdk'
import type { Names } from './binding.js'
import { resolveNames } from './resolve-names.js'
import type { Workspace } from './workspace.js'

/** All that is known of one version of a text. What is expensive is computed when it is first asked for. */
export class Analysis {
  readonly uri: string
  readonly text: string
  readonly program: Program
  readonly unit: Unit | undefined
  readonly diagnostics: readonly Diagnostic[]
  #forms: readonly Form[] | undefined
  #names: Names | undefined
  #inferred: Inferred | undefined
  #functions: readonly FunctionInfo[] | undefined

  constructor(uri: string, text: string, workspace: Workspace) {
    this.uri = uri
    this.text = text
    const runtime = createRuntime({ modules: workspace.loaderFor(uri) })
    const { program, unit, diagnostics } = checkProgram(runtime, text, { file: uri })
    this.program = program
    this.unit = unit
    this.diagnostics = diagnostics
  }

  /** The forms of the text, comments included. */
  get forms(): readonly Form[] {
    this.#forms ??= readForms(this.text, { comments: true }).forms
    return this.#forms
  }

  get names(): Names {
    this.#names ??= resolveNames(this.program, this.forms, this.text)
    return this.#names
  }

  /** The functions with their signatures; none when the program does not parse. */
  get functions(): readonly FunctionInfo[] {
    this.#functions ??= this.unit === undefined ? [] : functionsOf(this.unit)
    return this.#functions
  }

  /** The innermost node of the typed program that is exactly as long as the span. */
  nodeAt(start: number, end: number): Node | undefined {
    if (this.unit === undefined) return undefined
    this.#inferred ??= infer(this.unit)
    let found: Node | undefined
    const visit = (node: Node): void => {
      if (node.span.start > start || node.span.end < end) return
      if (node.span.start === start && node.span.end === end) found = node
      forEachChild(node, visit)
    }
    this.#inferred.unit.forms.forEach(visit)
    return found
  }
}

/** Analyses a text; a defect of ours becomes a diagnostic, so that the editor keeps its other features. */
export function analyse(uri: string, text: string, workspace: Workspace): Analysis | Diagnostic {
  try {
    return new Analysis(uri, text, workspace)
  } catch (error) {
    const reason = isRtfsError(error) ? error.message : 'the analysis failed'
    return diagnostic(isRtfsError(error) ? error.code : 'InternalError', reason, { start: 0, end: 0 })
  }
}
