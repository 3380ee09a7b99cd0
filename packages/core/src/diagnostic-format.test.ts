import { describe, expect, test } from 'vitest'
import {
  diagnostic,
  errorFromValue,
  formatDiagnostic,
  formatRtfsError,
  keyword,
  RtfsErrorValue,
  RtfsMap,
  SourceText,
  typeError,
} from './index.js'

const text = '(defn f [x]\n\t(+ x "añ🙂")\n  (g x)\n)'
const source = new SourceText(text, 'demo.rtfs')
const at = (part: string): { start: number; end: number } => {
  const start = text.indexOf(part)
  return { start, end: start + part.length }
}

describe('formatDiagnostic', () => {
  test('frame, hint, related places', () => {
    const formatted = formatDiagnostic(
      diagnostic('P008', 'unclosed (', at('(g x)'), {
        hint: 'add a )',
        related: [{ ...at('(defn'), message: 'opened here' }],
      }),
      source,
    )
    expect(formatted).toBe(
      [
        'error[P008]: unclosed (',
        '  --> demo.rtfs:3:3',
        '  |',
        '3 |   (g x)',
        '  |   ^^^^^',
        '  opened here:',
        '  --> demo.rtfs:1:1',
        '  |',
        '1 | (defn f [x]',
        '  | ^^^^^',
        '  hint: add a )',
      ].join('\n'),
    )
  })

  test('columns are code points, tabs stay tabs', () => {
    const formatted = formatDiagnostic(diagnostic('X', 'm', at('🙂"'), { severity: 'warning' }), source)
    expect(formatted.split('\n').slice(3)).toEqual(['2 | \t(+ x "añ🙂")', '  | \t        ^^'])
    expect(formatted.startsWith('warning[X]: m\n  --> demo.rtfs:2:10')).toBe(true)
  })

  test('a span over several lines is marked on its first, an empty one by one mark', () => {
    const lines = (start: number, end: number): string[] =>
      formatDiagnostic(diagnostic('X', 'm', { start, end }), source).split('\n')
    expect(lines(6, text.length).slice(3)).toEqual(['1 | (defn f [x]', '  |       ^^^^^'])
    expect(lines(3, 3)[4]).toBe('  |    ^')
    expect(lines(text.length, text.length).slice(3)).toEqual(['4 | )', '  |  ^'])
  })

  test('without a file name', () => {
    expect(formatDiagnostic(diagnostic('X', 'm', { start: 0, end: 1 }), new SourceText('a'))).toBe(
      'error[X]: m\n  --> 1:1\n  |\n1 | a\n  | ^',
    )
  })

  test('a long line is cut around the span', () => {
    const long = new SourceText(`${'a'.repeat(5000)}!${'b'.repeat(5000)}`)
    const lines = formatDiagnostic(diagnostic('X', 'm', { start: 5000, end: 5001 }), long).split('\n')
    expect(lines[3]!.length).toBeLessThan(180)
    expect(lines[3]!.startsWith('1 | …a')).toBe(true)
    expect(lines[3]!.endsWith('b…')).toBe(true)
    expect(lines[4]!.indexOf('^')).toBe(lines[3]!.indexOf('!'))
  })

  test('control characters of source, message and file cannot reach a terminal', () => {
    const hostile = new SourceText('a\u001b[2Jb\u202ec', 'x\u001b]0;t\u0007.rtfs')
    const formatted = formatDiagnostic(
      diagnostic('X', 'm\u0008\u009b', { start: 2, end: 6 }, { hint: '\u0007' }),
      hostile,
    )
    expect(formatted).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/)
    const lines = formatted.split('\n')
    expect(lines[3]).toBe('1 | a\\u{1b}[2Jb\\u{202e}c')
    expect(lines[4]).toBe('  |        ^^^^')
  })

  test('colours only when asked for', () => {
    const one = diagnostic('X', 'm', { start: 0, end: 1 })
    expect(formatDiagnostic(one, source, { color: true })).toContain('\u001b[31merror[X]\u001b[0m')
    expect(formatDiagnostic(one, source)).not.toContain('\u001b')
  })
})

describe('formatRtfsError', () => {
  test('kind, message, frame, stack', () => {
    const error = typeError('+', 'number', 'string')
    error.span = at('(+ x "añ🙂")')
    error.stackFrames.push(
      { fn: 'f', line: 2, column: 2 },
      { fn: 'main', line: undefined, column: undefined },
    )
    expect(formatRtfsError(error, source)).toBe(
      [
        'TypeError: Type error in +: expected number, got string',
        '  --> demo.rtfs:2:2',
        '  |',
        '2 | \t(+ x "añ🙂")',
        '  | \t^^^^^^^^^^^',
        '    at f (2:2)',
        '    at main',
      ].join('\n'),
    )
  })

  test('no frame without a span, without source, or for another file', () => {
    const error = typeError('+', 'number', 'string')
    expect(formatRtfsError(error, source).split('\n').length).toBe(1)
    error.span = { start: 0, end: 1 }
    expect(formatRtfsError(error).split('\n').length).toBe(1)
    error.file = 'other.rtfs'
    expect(formatRtfsError(error, source).split('\n').length).toBe(1)
    error.file = 'demo.rtfs'
    expect(formatRtfsError(error, source).split('\n').length).toBe(5)
  })

  test('a long stack is shortened in the middle', () => {
    const error = typeError('+', 'number', 'string')
    for (let i = 0; i < 10_000; i++) error.stackFrames.push({ fn: `f${i}`, line: 1, column: 1 })
    const lines = formatRtfsError(error).split('\n')
    expect(lines.length).toBe(22)
    expect(lines[11]).toBe('    … 9980 more')
    expect(lines.at(-1)).toBe('    at f9999 (1:1)')
  })

  test('an error that the program threw shows its own kind', () => {
    const value = new RtfsErrorValue('ApplicationError', keyword('order/bad'), 'no', RtfsMap.empty)
    expect(formatRtfsError(errorFromValue(value))).toBe('ApplicationError: no')
  })
})
