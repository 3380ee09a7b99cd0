import type { Expr, Program } from './ast.js'
import { exprToForm } from './expr-to-form.js'
import { Layout } from './layout.js'
import { defaultMaxDepth, readText } from './reader.js'

/** Options of the printers. */
export interface FormatOptions {
  /** Columns of a line. Default 100. */
  readonly width?: number
}

const defaultWidth = 100

/**
 * Lays out a program: forms that their author put on several lines stay so, with canonical line breaks and
 * indentation; comments and one empty line are kept, commas go. Formatting again changes nothing, and the result
 * reads as the same forms. Text that cannot be read comes back as it is: `parse` says what is wrong.
 */
export function formatSource(text: string, options: FormatOptions = {}): string {
  const { forms, diagnostics, problems, stopped } = readText(text, {
    keepComments: true,
    maxDepth: defaultMaxDepth,
  })
  if (stopped || problems.length > 0 || diagnostics.errorCount > 0) return text
  const layout = new Layout({ width: options.width ?? defaultWidth, source: text })
  const header = /^\ufeff?(#![^\n\r]*)/.exec(text)?.[1]
  const body = layout.program(forms)
  return header === undefined ? body : `${header}\n${body}`
}

/** An expression as source text that reads as the same expression (spans apart). */
export function printExpr(expr: Expr, options: FormatOptions = {}): string {
  return new Layout({ width: options.width ?? defaultWidth, source: undefined }).form(
    exprToForm(expr, true),
    0,
    0,
  )
}

/** A program as source text: its forms one below the other. */
export function printProgram(program: Program, options: FormatOptions = {}): string {
  return program.forms.map(form => `${printExpr(form, options)}\n`).join('\n')
}
