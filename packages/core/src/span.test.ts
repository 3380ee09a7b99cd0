import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seeded } from './arbitrary.test-util.js'
import { diagnostic, SourceText } from './index.js'

const source = new SourceText('ab\r\ncñ🙂d\n\rlast', 'x.rtfs')

test.each([
  [0, 1, 1],
  [2, 1, 3],
  [3, 1, 4],
  [4, 2, 1],
  [6, 2, 3],
  [8, 2, 4],
  [9, 2, 5],
  [10, 3, 1],
  [11, 4, 1],
  [15, 4, 5],
  [99, 4, 5],
  [-5, 1, 1],
])('offset %i is line %i, column %i', (offset, line, column) => {
  expect(source.positionAt(offset)).toEqual({ line, column })
})

test.each([
  [1, 'ab'],
  [2, 'cñ🙂d'],
  [3, ''],
  [4, 'last'],
  [5, ''],
  [0, ''],
])('line %i', (line, text) => expect(source.lineText(line)).toBe(text))

test('positionsOf has both ends', () => {
  expect(source.positionsOf({ start: 4, end: 11 })).toEqual({ line: 2, column: 1, endLine: 4, endColumn: 1 })
})

test('agrees with counting', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '\n', '\r', '🙂') }),
      fc.nat({ max: 20 }),
      (text, at) => {
        const before = text.slice(0, at)
        // An offset between CR and LF still belongs to the line that they end.
        const lines =
          text.slice(at - 1, at + 1) === '\r\n'
            ? [...before.slice(0, -1).split(/\r\n|\r|\n/)]
            : before.split(/\r\n|\r|\n/)
        expect(new SourceText(text).positionAt(at).line).toBe(lines.length)
      },
    ),
    seeded,
  )
})

test('a diagnostic has every field', () => {
  expect(diagnostic('P001', 'm', { start: 1, end: 2 })).toEqual({
    code: 'P001',
    severity: 'error',
    message: 'm',
    start: 1,
    end: 2,
    hint: undefined,
    fixes: [],
    related: [],
  })
})
