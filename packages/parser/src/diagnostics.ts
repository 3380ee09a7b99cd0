import { type Diagnostic, diagnostic, type Span } from '@rtfs/core'

export type DiagnosticExtra = Partial<Pick<Diagnostic, 'severity' | 'hint' | 'fixes' | 'related'>>

/** Collects diagnostics under the codes of LANGUAGE §2.1 or the name of a static error; after `maxErrors` errors further ones are counted but not kept. */
export class Diagnostics {
  readonly list: Diagnostic[] = []
  readonly #maxErrors: number
  errorCount = 0

  constructor(maxErrors: number = 100) {
    this.#maxErrors = maxErrors
  }

  /** True when further errors are no longer kept. */
  get full(): boolean {
    return this.errorCount > this.#maxErrors
  }

  report(code: string, message: string, span: Span, extra: DiagnosticExtra = {}): void {
    this.add(diagnostic(code, message, span, extra))
  }

  warn(code: string, message: string, span: Span, hint?: string): void {
    this.add(diagnostic(code, message, span, { severity: 'warning', hint }))
  }

  add(item: Diagnostic): void {
    if (item.severity === 'error' && ++this.errorCount > this.#maxErrors) return
    if (item.severity !== 'error' && this.list.length >= 2 * this.#maxErrors) return
    this.list.push(item)
  }

  /** The diagnostics in the order of the text. */
  sorted(): readonly Diagnostic[] {
    return this.list.sort((a, b) => a.start - b.start || a.end - b.end)
  }
}

/** A text shortened for a message. */
export function shorten(text: string, limit = 40): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`
}

/** `1 form`, `2 forms`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
