import type { Diagnostic, Severity } from './diagnostic.js'
import type { RtfsError } from './errors.js'
import type { SourceText, Span } from './span.js'
import { codePointLength } from './text.js'
import type { TraceFrame } from './values.js'

/** Options of the formatters. */
export interface FormatOptions {
  /** ANSI colours. Default false. */
  readonly color?: boolean
}

/** Characters of a source line that are shown; a longer line is cut around the span. */
const maxLineLength = 160

/** Frames of the RTFS call stack that are shown from each end. */
const shownFrames = 10

const colors = { error: '31', warning: '33', info: '36', dim: '2', bold: '1' } as const

/**
 * A diagnostic with its code frame: severity and code, message, `file:line:column`, the line with the span
 * underlined, related places, hint. Control characters of source and messages are made visible, so that a program
 * cannot send escape sequences to a terminal. No line break at the end.
 */
export function formatDiagnostic(
  diagnostic: Diagnostic,
  source: SourceText,
  options: FormatOptions = {},
): string {
  const paint = painter(options)
  const head = `${diagnostic.severity}[${diagnostic.code}]`
  const lines = [
    `${paint(head, diagnostic.severity)}${paint(`: ${visible(diagnostic.message)}`, 'bold')}`,
    ...codeFrame(source, diagnostic, paint, diagnostic.severity),
  ]
  for (const related of diagnostic.related) {
    lines.push(`  ${visible(related.message)}:`, ...codeFrame(source, related, paint, 'info'))
  }
  if (diagnostic.hint !== undefined) lines.push(`  ${paint('hint:', 'info')} ${visible(diagnostic.hint)}`)
  return lines.join('\n')
}

/**
 * An error with its code frame, when `source` is the text it happened in, and the RTFS call stack, innermost call
 * first. No line break at the end.
 */
export function formatRtfsError(error: RtfsError, source?: SourceText, options: FormatOptions = {}): string {
  const paint = painter(options)
  // A kind that the program made up (`throw`) travels in the value.
  const kind = error.value?.kind ?? error.code
  const lines = [`${paint(visible(kind), 'error')}${paint(`: ${visible(error.message)}`, 'bold')}`]
  if (source !== undefined && error.span !== undefined && (error.file ?? source.file) === source.file) {
    lines.push(...codeFrame(source, error.span, paint, 'error'))
  }
  const frames = error.stackFrames
  frames.forEach((frame, i) => {
    if (i < shownFrames || i >= frames.length - shownFrames) lines.push(frameLine(frame))
    else if (i === shownFrames) lines.push(`    … ${frames.length - 2 * shownFrames} more`)
  })
  return lines.join('\n')
}

function frameLine(frame: TraceFrame): string {
  const place = frame.line === undefined ? '' : ` (${frame.line}:${frame.column ?? 1})`
  return `    at ${visible(frame.fn)}${place}`
}

type Paint = (text: string, color: keyof typeof colors) => string

function painter(options: FormatOptions): Paint {
  return options.color ? (text, color) => `\u001b[${colors[color]}m${text}\u001b[0m` : text => text
}

function codeFrame(source: SourceText, span: Span, paint: Paint, color: Severity): string[] {
  const { line, column, endLine, endColumn } = source.positionsOf(span)
  const text = source.lineText(line)
  const points = [...text]
  const first = column - 1
  // A span over several lines is underlined to the end of its first one.
  const end = endLine === line ? endColumn - 1 : points.length
  const from =
    points.length <= maxLineLength ? 0 : Math.max(0, Math.min(first - 40, points.length - maxLineLength))
  const shown = points.slice(from, from + maxLineLength)
  const before = from > 0 ? '…' : ''
  const after = from + shown.length < points.length ? '…' : ''
  const number = String(line)
  const margin = ' '.repeat(number.length)
  // Tabs stay tabs, and what `visible` makes longer is as long in the margin, so that the marks stand below.
  const indent =
    before.replace('…', ' ') +
    shown
      .slice(0, first - from)
      .map(blankOf)
      .join('')
  const marked = codePointLength(visible(shown.slice(first - from, Math.max(first, end) - from).join('')))
  const place = `${source.file === undefined ? '' : `${visible(source.file)}:`}${line}:${column}`
  return [
    `${margin} ${paint('-->', 'dim')} ${place}`,
    `${margin} ${paint('|', 'dim')}`,
    `${paint(`${number} |`, 'dim')} ${before}${visible(shown.join(''))}${after}`,
    `${margin} ${paint('|', 'dim')} ${indent}${paint('^'.repeat(Math.max(1, marked)), color)}`,
  ]
}

function blankOf(character: string): string {
  return character === '\t' ? '\t' : ' '.repeat(codePointLength(visible(character)))
}

/** Control characters but tab and line break as `\u{…}`; also those that turn the direction of writing. */
function visible(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    unit => {
      return `\\u{${unit.charCodeAt(0).toString(16)}}`
    },
  )
}
