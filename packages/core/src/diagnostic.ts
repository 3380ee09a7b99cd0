import type { Span } from './span.js'

/** How bad a diagnostic is. Only errors make a program invalid. */
export type Severity = 'error' | 'warning' | 'info'

/** A change to the source text that would mend a diagnostic; safe ones are applied by `rtfs fix`. */
export interface Fix {
  readonly title: string
  readonly edits: readonly TextEdit[]
  /** True when the edit cannot change what a correct reader would have meant. */
  readonly safe: boolean
}

/** Replaces a span by a text. Edits of one fix do not overlap. */
export interface TextEdit extends Span {
  readonly text: string
}

/** A message for the author of a program: what is wrong, where, what was expected, what to try. */
export interface Diagnostic extends Span {
  /** `P001`…`P008`, `V001` (LANGUAGE §2.1), or the name of a static error (§18.3, §18.4). */
  readonly code: string
  readonly severity: Severity
  readonly message: string
  /** One sentence on how to mend it. */
  readonly hint: string | undefined
  readonly fixes: readonly Fix[]
  /** Other places that matter, such as the delimiter that was never closed. */
  readonly related: readonly RelatedSpan[]
}

/** A second place a diagnostic talks about. */
export interface RelatedSpan extends Span {
  readonly message: string
}

/** Makes a diagnostic with every field set. */
export function diagnostic(
  code: string,
  message: string,
  span: Span,
  extra: Partial<Pick<Diagnostic, 'severity' | 'hint' | 'fixes' | 'related'>> = {},
): Diagnostic {
  return {
    code,
    severity: extra.severity ?? 'error',
    message,
    start: span.start,
    end: span.end,
    hint: extra.hint,
    fixes: extra.fixes ?? [],
    related: extra.related ?? [],
  }
}
