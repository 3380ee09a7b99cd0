import { describe, expect, test } from 'vitest'
import { printProgram } from './format.js'
import { hasErrors, parse } from './parse.js'
import { errors } from './parser.test-util.js'

/** The text with the fixes of all diagnostics made. */
function mended(text: string, onlySafe = true): string {
  const edits = parse(text)
    .diagnostics.flatMap(item => item.fixes)
    .filter(fix => fix.safe || !onlySafe)
    .flatMap(fix => fix.edits)
    .sort((a, b) => b.start - a.start)
  return edits.reduce((made, edit) => made.slice(0, edit.start) + edit.text + made.slice(edit.end), text)
}

const lines = (...parts: string[]) => parts.join('\n')

describe('a delimiter that does not fit is mended', () => {
  test.each([
    ['at the end', '(+ 1 (* 2 3)', '(+ 1 (* 2 3))'],
    ['several at the end', '(f [x [1 {:a 2', '(f [x [1 {:a 2}]])'],
    ['before a comment at the end', '(+ 1\n; note', '(+ 1)\n; note'],
    ['before an outer closer', '(let [x (+ 1] x)', '(let [x (+ 1)] x)'],
    ['several before an outer closer', '(f [a {:b (c] d)', '(f [a {:b (c)}] d)'],
    ['the wrong closer', '{:key "value"]', '{:key "value"}'],
    ['the wrong closer inside', '(f [1 2} 3)', '(f [1 2] 3)'],
    ['one too many', '(f 1))', '(f 1)'],
    ['swapped closers', '(foo [a b)]', '(foo [a b])'],
    [
      'where the indentation shows it',
      lines('(defn f [x]', '  (let [y 1]', '    (+ x y))', '', '(defn g [] 1)'),
      lines('(defn f [x]', '  (let [y 1]', '    (+ x y)))', '', '(defn g [] 1)'),
    ],
    [
      'a bracket where the indentation shows it',
      lines('(defn f [x]', '  (let [y (+ 1 2)', '    (+ x y)))', '(defn g [] 1)'),
      lines('(defn f [x]', '  (let [y (+ 1 2)]', '    (+ x y)))', '(defn g [] 1)'),
    ],
    [
      'two at different places',
      lines('(defn f [x]', '  (+ x 1)', '(defn g [y]', '  (* y 2)', '(g 1)'),
      lines('(defn f [x]', '  (+ x 1))', '(defn g [y]', '  (* y 2))', '(g 1)'),
    ],
    ['a definition on one line', '(def x (+ 1 2)\n(def y 3)', '(def x (+ 1 2))\n(def y 3)'],
    ['text at the margin: what makes sense', '(let [x 1]\n(+ x 1)', '(let [x 1]\n(+ x 1))'],
    ['text at the margin in a do', '(do\n(def x 1)\n(def y 2)', '(do\n(def x 1)\n(def y 2))'],
    ['delimiters in strings and comments do not count', '(f "(" ; [\n #| { |# x', '(f "(" ; [\n #| { |# x)'],
    ['Windows line ends', '(defn f [x]\r\n  (+ x 1)\r\n(f 1)', '(defn f [x]\r\n  (+ x 1))\r\n(f 1)'],
  ])('%s', (_, text, expected) => {
    expect(hasErrors(parse(text))).toBe(true)
    expect(mended(text)).toBe(expected)
    expect(hasErrors(parse(expected))).toBe(false)
  })
})

test.each([
  '(+ 1 (* 2 3)',
  '(let [x (+ 1] x)',
  '{:key "value"]',
  '(f 1))',
  '(defn f [x]\n  (let [y 1]\n    (+ x y))\n\n(defn g [] 1)',
])('repair understands %j as the mended text, and says so', text => {
  const repaired = parse(text, { repair: true })
  expect(hasErrors(repaired)).toBe(false)
  expect(repaired.diagnostics).not.toEqual([])
  expect(repaired.diagnostics.every(item => item.code === 'P008' && item.fixes[0]!.safe)).toBe(true)
  expect(printProgram(repaired.program)).toBe(printProgram(parse(mended(text)).program))
})

test.each([
  ['a string that swallows the rest', '(f "abc) (g)'],
  ['a block comment that swallows the rest', '(f) #| (g)'],
  ['a closer too many in indented code', '(defn f [x]\n  (+ x 1))\n  (println x))'],
])('repair does not touch %s', (_, text) => {
  expect(hasErrors(parse(text, { repair: true }))).toBe(true)
})

test('the message names the form, its line, the likely place', () => {
  const text = lines('(defn f [x]', '  (let [y 1]', '    (+ x y))', '', '(defn g [] 1)')
  const [item, ...others] = parse(text).diagnostics
  expect(others).toEqual([])
  expect(item).toMatchObject({
    code: 'P008',
    start: 0,
    end: 1,
    message: '(defn f … on line 1 is not closed: ) is missing',
    hint: 'Line 5 is not indented as a part of it, so ) is probably missing at the end of line 3.',
  })
})

test('what follows a missing closer is still checked', () => {
  expect(errors('(defn f [x]\n  (+ x 1)\n\n(if)\n(throw)')).toEqual(['P008 (', 'P002 (if)', 'P002 (throw)'])
})

test('an unclosed string is one message', () => {
  expect(errors('(f (g "abc)\n(h)')).toEqual(['P008 "'])
  expect(mended('(f (g "abc))\n', false)).toBe('(f (g "abc"))\n')
})
