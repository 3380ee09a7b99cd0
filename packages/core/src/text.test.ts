import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seeded, texts } from './arbitrary.test-util.js'
import {
  characters,
  codePointAt,
  codePointIndexOf,
  codePointLength,
  codePointOffset,
  codePointSlice,
  compareText,
  isFlatText,
  isWellFormed,
} from './index.js'

const withLone = fc.oneof(
  texts,
  fc.string({ unit: fc.constantFrom('a', '\ud83d', '\ude00', '😀', '\uffff') }),
)

test('agree with an array of code points, also for lone surrogates', () => {
  fc.assert(
    fc.property(withLone, withLone, fc.nat({ max: 12 }), fc.nat({ max: 12 }), (text, part, i, j) => {
      const points = [...text]
      expect(codePointLength(text)).toBe(points.length)
      expect(characters(text)).toEqual(points)
      expect(codePointAt(text, i)).toBe(points[i])
      expect(codePointSlice(text, i, j)).toBe(points.slice(i, Math.max(i, j)).join(''))
      expect(codePointSlice(text, i)).toBe(points.slice(i).join(''))
      expect(codePointOffset(text, i)).toBe(points.slice(0, i).join('').length)
      expect(isFlatText(text)).toBe(text.length === points.length && !/[\ud800-\udfff]/.test(text))
      if (isWellFormed(text) && isWellFormed(part)) {
        const expected = points.findIndex((_, at) => at >= i && points.slice(at).join('').startsWith(part))
        if (part !== '') expect(codePointIndexOf(text, part, i)).toBe(expected)
      }
    }),
    { ...seeded, numRuns: 3000 },
  )
})

test.each<[string, number | undefined, number | undefined, string]>([
  ['añ🙂', 0, undefined, 'añ🙂'],
  ['añ🙂', 2, 3, '🙂'],
  ['añ🙂', -5, 1, 'a'],
  ['abc', -5, 1, 'a'],
  ['abc', 2, 1, ''],
  ['añ🙂', 2, 1, ''],
  ['abc', 5, 9, ''],
])('codePointSlice %s %s %s', (text, start, end, expected) => {
  expect(codePointSlice(text, start!, end)).toBe(expected)
})

test('codePointAt outside the text is undefined', () => {
  expect(codePointAt('a', -1)).toBeUndefined()
  expect(codePointAt('a', 1)).toBeUndefined()
  expect(codePointAt('🙂', 1)).toBeUndefined()
})

test('isWellFormed finds lone surrogates only', () => {
  expect(['', 'a', '😀', '\uffff'].every(isWellFormed)).toBe(true)
  expect(['\ud800', 'a\udc00', '\udc00\ud800', '😀\ud83d'].some(isWellFormed)).toBe(false)
})

test('compareText orders as the code points do', () => {
  const order = (a: string, b: string): number => {
    const [left, right] = [[...a].map(x => x.codePointAt(0)!), [...b].map(x => x.codePointAt(0)!)]
    const at = left.findIndex((point, i) => point !== right[i])
    if (at < 0) return left.length < right.length ? -1 : 0
    return at >= right.length || left[at]! > right[at]! ? 1 : -1
  }
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      expect(compareText(a, b)).toBe(order(a, b))
    }),
    { ...seeded, numRuns: 3000 },
  )
  expect(compareText('\uffff', '😀')).toBe(-1)
  expect('\uffff' < '😀').toBe(false)
})
