import { type Diagnostic, RtfsError, type SourceText } from '@rtfs/core'

/** A text that is no program: thrown instead of being run. Diagnostics point into `source`. */
export class RtfsParseError extends RtfsError {
  readonly diagnostics: readonly Diagnostic[]
  readonly source: SourceText
  /** `expand` when a macro is to blame, else `parse`. */
  readonly phase: 'parse' | 'expand'
  /** `ParseError`, or what the macro raised, such as `ArityMismatch`. */
  readonly kind: string

  constructor(diagnostics: readonly Diagnostic[], source: SourceText) {
    const first = diagnostics.find(item => item.severity === 'error')
    const at = first === undefined ? undefined : source.positionAt(first.start)
    const place = at === undefined ? '' : ` at ${at.line}:${at.column}`
    super('RTFS_PARSE', first === undefined ? 'invalid program' : `${first.code}${place}: ${first.message}`)
    this.diagnostics = diagnostics
    this.source = source
    const isParse = first === undefined || /^[PV]\d+$/.test(first.code)
    this.phase = isParse ? 'parse' : 'expand'
    this.kind = isParse ? 'ParseError' : first.code
    this.span = first === undefined ? undefined : { start: first.start, end: first.end }
  }
}
