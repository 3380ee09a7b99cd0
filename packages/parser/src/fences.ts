import type { Fix, Span } from '@rtfs/core'
import type { Form } from './forms.js'

/** A program between Markdown code fences, as models like to answer. */
export interface FencedCode {
  /** The text with all that is not the code replaced by spaces, so that positions stay. */
  readonly code: string
  /** The line that opens the fence. */
  readonly opening: Span
  /** True when the block is closed, or opened as one of code in a Lisp: then it is no symbol in three quasiquotes. */
  readonly certain: boolean
  /** Takes away the fences and what stands around them. */
  readonly fix: Fix
}

/** The first block of code between fences; `undefined` when there is none. */
export function fencedCode(text: string): FencedCode | undefined {
  const opening = /^[ \t]*(```+|~~~+)[ \t]*[\w+#-]*[ \t]*\r?$/m.exec(text)
  if (opening === null) return undefined
  const start = Math.min(text.length, opening.index + opening[0].length + 1)
  const rest = text.slice(start)
  const closing = /^[ \t]*(?:```+|~~~+)[ \t]*\r?$/m.exec(rest)
  const end = closing === null ? text.length : start + closing.index
  return {
    code: blank(text.slice(0, start)) + text.slice(start, end) + blank(text.slice(end)),
    certain: closing !== null || /(?:rtfs|clojure|clj[cs]?|lisp|edn|scheme)\s*$/.test(opening[0]),
    opening: { start: opening.index, end: opening.index + opening[0].length },
    fix: {
      title: 'Keep only the code between the fences',
      safe: true,
      edits: [
        { start: 0, end: start, text: '' },
        ...(end === text.length ? [] : [{ start: end, end: text.length, text: '' }]),
      ],
    },
  }
}

/**
 * Whether a reading of the whole text took the fence for code. Inside of a string or a comment it is just text; at
 * the top it reads as three quasiquotes of what follows.
 */
export function readAsQuasiquote(forms: readonly Form[], { start, end }: Span): boolean {
  return forms.some(form => form.kind === 'quasiquote' && form.start >= start && form.start < end)
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ')
}
