import { describe, expect, test } from 'vitest'
import { formatSource } from './format.js'
import { printForm } from './print-form.js'
import { programs } from './programs.test-util.js'
import { readForms } from './read-forms.js'

const lines = (...parts: string[]) => `${parts.join('\n')}\n`

describe('layout', () => {
  test.each([
    ['one line stays one line', '(f   1,2)', '(f 1 2)\n'],
    ['what the author broke stays broken', '(let [x 1]\nx)', lines('(let [x 1]', '  x)')],
    ['arguments stand below one another', '(fetch a\n b c)', lines('(fetch a', '       b', '       c)')],
    ['bodies are indented by two', '(when ok\n(f)\n\n\n(g))', lines('(when ok', '  (f)', '', '  (g))')],
    [
      'bindings in pairs',
      '(let [a 1\nb :int 2 [c] d] a)',
      lines('(let [a 1', '      b :int 2', '      [c] d]', '  a)'),
    ],
    ['maps in pairs', '{:a 1\n:b 2}', lines('{:a 1', ' :b 2}')],
    ['clauses in pairs', '(cond a b\n:else c)', lines('(cond', '  a b', '  :else c)')],
    [
      'clauses of match with their guards',
      '(match x [a] when (> a 1) a\n_ nil)',
      lines('(match x', '  [a] when (> a 1) a', '  _ nil)'),
    ],
    ['threading under the value', '(-> x\n(f) (g))', lines('(-> x', '    (f)', '    (g))')],
    [
      'docstring and metadata on their own lines',
      '(defn f "Doc." ^{:a 1} [x]\n:int x)',
      lines('(defn f', '  "Doc."', '  ^{:a 1} [x] :int', '  x)'),
    ],
    [
      'a module',
      '(module m (:exports [f])\n(defn f [] 1))',
      lines('(module m', '  (:exports [f])', '  (defn f [] 1))'),
    ],
    ['an annotation colon', '(def x   : [:vector :int] [])', '(def x :[:vector :int] [])\n'],
    [
      'the spelling of literals stays',
      '(f 1.50 1e3 +7 "\\u0041") "a\n  b"',
      '(f 1.50 1e3 +7 "\\u0041")\n"a\n  b"\n',
    ],
    ['a quasiquote', "`(a ~b ~@c 'd ~ @e)", "`(a ~b ~@c 'd ~ @e)\n"],
    ['at most one empty line between forms', '(f)\n\n\n\n(g)\n(h)', lines('(f)', '', '(g)', '(h)')],
    ['Windows line ends', '(f)\r\n\r\n(g\r\n1)\r\n', lines('(f)', '', '(g 1)')],
    ['the first line of a script', '#!/usr/bin/env rtfs\n(f)', lines('#!/usr/bin/env rtfs', '(f)')],
    ['a break where the layout has none', '(f (g\n1) 2)', '(f (g 1) 2)\n'],
    ['nothing', '  \n', ''],
  ])('%s', (_, text, expected) => expect(formatSource(text)).toBe(expected))

  test('long forms break by width', () => {
    expect(
      formatSource('(some-function (first-argument 1 2) {:key "value" :other [1 2 3]})', { width: 40 }),
    ).toBe(lines('(some-function', '  (first-argument 1 2)', '  {:key "value" :other [1 2 3]})'))
    expect(formatSource(`[${Array.from({ length: 20 }, (_, i) => i).join(' ')}]`, { width: 30 })).toBe(
      lines('[0 1 2 3 4 5 6 7 8 9 10 11 12', ' 13 14 15 16 17 18 19]'),
    )
  })
})

describe('comments stay', () => {
  test.each([
    ['before, behind, after', '; a\n(f) ; b\n; c', lines('; a', '(f) ; b', '; c')],
    ['inside', '(f ; a\n  1 ; b\n  ; c\n  2)', lines('(f ; a', '   1 ; b', '   ; c', '   2)')],
    ['before a closer', '(f\n 1 ; a\n)', lines('(f 1 ; a', '   )')],
    ['in a map', '{:a 1 ; a\n ; b\n :b 2}', lines('{:a 1 ; a', ' ; b', ' :b 2}')],
    ['in a binding vector', '(let [a 1 ; a\n b 2] a)', lines('(let [a 1 ; a', '      b 2]', '  a)')],
    ['alone in a list', '( ; a\n)', lines('( ; a', ' )')],
    ['blocks', '#| a\n b |#\n(f #| c |# 1)', lines('#| a', ' b |#', '(f #| c |#', '   1)')],
    ['discarded forms', '[1 #_ 2 #_(a b) 3]', '[1 #_2 #_(a b) 3]\n'],
  ])('%s', (_, text, expected) => {
    expect(formatSource(text)).toBe(expected)
    expect(formatSource(expected)).toBe(expected)
  })
})

const forms = (text: string) =>
  readForms(text, { comments: true }).forms.map(printForm).join('\n').replace(/\s+/g, ' ')

test.each(programs.flatMap(text => [100, 60, 20].map(width => [width, text] as const)))(
  'at %i columns forms and comments stay, and a second time nothing changes (%#)',
  (width, text) => {
    const formatted = formatSource(text, { width })
    expect(forms(formatted)).toBe(forms(text))
    expect(formatSource(formatted, { width })).toBe(formatted)
  },
)

test.each(['(f', 'f)', '(f "a)', '#| a', '{:a}', '1/2', "'"])(
  '%j cannot be read and stays as it is',
  text => {
    expect(formatSource(text)).toBe(text)
  },
)
