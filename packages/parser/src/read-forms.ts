import { type Diagnostic, SourceText } from '@rtfs/core'
import type { Form } from './forms.js'
import { defaultMaxDepth } from './reader.js'
import { readWithRecovery } from './recovery.js'

export interface ReadFormsOptions {
  /** Name of the text in messages. */
  readonly file?: string
  /** Keep comments and discarded forms among the forms. Default false. */
  readonly comments?: boolean
  /** Levels of nesting. Default 500. */
  readonly maxDepth?: number
  /** Errors kept. Default 100. */
  readonly maxErrors?: number
}

export interface ReadFormsResult {
  readonly forms: readonly Form[]
  readonly diagnostics: readonly Diagnostic[]
  readonly source: SourceText
}

/** Reads a text to forms with spans, without understanding them. Never throws because of the text. */
export function readForms(text: string, options: ReadFormsOptions = {}): ReadFormsResult {
  const { forms, diagnostics } = readWithRecovery(text, {
    maxDepth: options.maxDepth ?? defaultMaxDepth,
    keepComments: options.comments ?? false,
    maxErrors: options.maxErrors ?? 100,
    repair: false,
    judge: () => 0,
  })
  return { forms, diagnostics: diagnostics.sorted(), source: new SourceText(text, options.file) }
}
