import type { Diagnostic, SourceText } from '@rtfs/core'
import { checkEffects, checkTypes, lower, type Unit } from '@rtfs/ir'
import { hasErrors, type Program } from '@rtfs/parser'
import type { Runtime } from '@rtfs/runtime'

/** A program that was read, and what is known against it. */
export interface CheckedProgram {
  readonly source: SourceText
  readonly program: Program
  /** `undefined` for a program that does not parse. */
  readonly unit: Unit | undefined
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[]
  /** True when nothing of it is an error. */
  readonly valid: boolean
}

export interface CheckOptions {
  /** Name of the text in messages, and where relative imports start. */
  readonly file?: string
  /** Unresolved names and provable type conflicts are errors. Default true; `run` and `eval` warn only. */
  readonly strict?: boolean
}

/** Parses, lowers and type-checks a text (LANGUAGE §2.1, §18.3, §18.4). Never throws for a bad program. */
export function checkProgram(runtime: Runtime, text: string, options: CheckOptions = {}): CheckedProgram {
  const { strict = true, file } = options
  const parsed = runtime.parse(text, file === undefined ? {} : { file })
  const { source, program } = parsed
  if (hasErrors(parsed))
    return { source, program, unit: undefined, diagnostics: parsed.diagnostics, valid: false }
  const { unit, diagnostics } = lower(program, { strict })
  const all = [...parsed.diagnostics, ...diagnostics, ...checkTypes(unit, { strict }), ...checkEffects(unit)]
  all.sort((a, b) => a.start - b.start)
  return { source, program, unit, diagnostics: all, valid: all.every(item => item.severity !== 'error') }
}
