import {
  formatValue,
  isKeywordName,
  isSymbolName,
  Keyword,
  keyword,
  ResourceHandle,
  RtfsFloat,
  Timestamp,
  Uuid,
  type Value,
} from '@rtfs/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { errors } from './parser.test-util.js'
import { printForm } from './print-form.js'
import { readForms } from './read-forms.js'

const printed = (text: string) => readForms(text).forms.map(printForm).join(' | ')

describe('literals', () => {
  test.each<[string, Value]>([
    ['42', 42],
    ['+42', 42],
    ['-17', -17],
    ['-0', 0],
    ['007', 7],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['3.14', new RtfsFloat(3.14)],
    ['-0.0', new RtfsFloat(-0)],
    ['1e3', new RtfsFloat(1000)],
    ['4.56E-5', new RtfsFloat(4.56e-5)],
    ['7.89e+2', new RtfsFloat(789)],
    ['1.0e308', new RtfsFloat(1e308)],
    ['##Inf', new RtfsFloat(Infinity)],
    ['##-Inf', new RtfsFloat(-Infinity)],
    ['##NaN', new RtfsFloat(NaN)],
    ['true', true],
    ['false', false],
    ['nil', null],
    ['"a\\n\\t\\r\\b\\f\\/\\\\\\""', 'a\n\t\r\b\f/\\"'],
    ['"\\u0041\\u{1F642}\\uD83D\\uDE42"', 'A🙂🙂'],
    ['"two\nlines"', 'two\nlines'],
    [':a', keyword('a')],
    [':a/b', keyword('a/b')],
    [':com.acme:v1.2/order', keyword('com.acme:v1.2/order')],
    [':rtfs.core:v2.0:intent', keyword('rtfs.core:v2.0:intent')],
    [':+op+', keyword('+op+')],
    [':>=', keyword('>=')],
    [':a#', keyword('a#')],
    ['2026-01-31T08:00:00Z', new Timestamp('2026-01-31T08:00:00Z')],
    ['2024-02-29T23:59:59_123Z', new Timestamp('2024-02-29T23:59:59.123Z')],
    ['2026-01-31T08:00:00.123456789Z', new Timestamp('2026-01-31T08:00:00.123456789Z')],
    ['123E4567-e89b-12d3-a456-426614174000', new Uuid('123e4567-e89b-12d3-a456-426614174000')],
    ['a23e4567-e89b-12d3-a456-42661417400F', new Uuid('a23e4567-e89b-12d3-a456-42661417400f')],
    ['resource://files/7?x=1:2', new ResourceHandle('resource://files/7?x=1:2')],
  ])('%s', (text, expected) => {
    const { forms, diagnostics } = readForms(text)
    expect(diagnostics).toEqual([])
    expect(forms).toHaveLength(1)
    const [form] = forms
    expect(form).toMatchObject({ kind: 'atom', start: 0, end: text.length })
    const value = form!.kind === 'atom' ? form!.value : undefined
    expect(formatValue(value!)).toBe(formatValue(expected))
    expect(Object.is(typeof value, typeof expected)).toBe(true)
  })

  test('a name occurs many times: one keyword object', () => {
    const values = readForms(':k '.repeat(3)).forms.map(form => form.kind === 'atom' && form.value)
    expect(values).toEqual([keyword('k'), keyword('k'), keyword('k')])
    expect(values[0]).toBe(keyword('k'))
  })
})

describe('tokens', () => {
  test.each([
    ['true-ish nilable iffy define', 'true-ish | nilable | iffy | define'],
    ['- -x + a+b 1+', '- | -x | + | a+b | 0'],
    ['.method a.b.c ...', '.method | a.b.c | ...'],
    ['tool:log resource:ref x:int', 'tool:log | resource:ref | x:int'],
    ['x : int', 'x | : | int'],
    ['x:[:vector :int]', 'x | : | [:vector :int]'],
    ['x : [a]', 'x | : | [a]'],
    ['x :{a b} y:(z)', 'x | : | {a b} | y | : | (z)'],
    ['x: int', 'x | : | int'],
    [
      'math.util/square org.lib:v2.1.3/scale / stdlib//',
      'math.util/square | org.lib:v2.1.3/scale | / | stdlib//',
    ],
    ['naïve λ 変数 a𝒳', 'naïve | λ | 変数 | a𝒳'],
    ['% %1 %& &', '% | %1 | %& | &'],
    ['[1,2 ,3]', '[1 2 3]'],
    ['(f resource://a)', '(f resource://a)'],
    ['a;c\nb', 'a | b'],
    ['a#|c|#b', 'a | b'],
    [':a:#|c|#b', ':a | : | b'],
    ['1#|c|#2', '1 | 2'],
    ['#| a #| nested |# b |# c', 'c'],
    ['#_ a b #_#_ c d e [1 #_ 2 3]', 'b | e | [1 3]'],
    ["'x `x ~x ~@x", "'x | `x | ~x | ~@x"],
    ["''x '(a 'b)", "''x | '(a 'b)"],
    ['#(+ % %2)', '#(+ % %2)'],
    ['@id @:id @ns/id', '@id | @:id | @ns/id'],
    ['^{:a 1} x', '^{:a 1} x'],
    ['^:private x', '^:private x'],
    ['^:delegation :l4 [x] y', '^:delegation :l4 [x] | y'],
    ['^:delegation :remote "m" [x] y', '^:delegation :remote "m" [x] | y'],
    ['^:delegation :remote [x] y', '^:delegation :remote [x] | y'],
    ['^:a ^:b x', '^:a ^:b x'],
    ['"a"b', '"a" | b'],
    ["x'y", "x | 'y"],
    ['\ufeff1', '1'],
    ['#!/usr/bin/env rtfs\n1', '1'],
    ['', ''],
    [' \t\r\n\f,', ''],
  ])('%j reads as %s', (text, expected) => expect(printed(text)).toBe(expected))

  test('spans are offsets of the token', () => {
    const text = "(f  [a] 'b)"
    const [list] = readForms(text).forms
    const inner = list!.kind === 'list' ? list!.items.map(item => text.slice(item.start, item.end)) : []
    expect(inner).toEqual(['f', '[a]', "'b"])
  })

  test('comments and discarded forms are kept when asked for', () => {
    const { forms } = readForms('; c\n(a #| b |# #_ x c)', { comments: true })
    expect(forms.map(form => form.kind)).toEqual(['comment', 'list'])
    expect(forms[1]).toMatchObject({ items: [{}, { kind: 'comment' }, { kind: 'discard' }, {}] })
  })

  test('a comment inside a prefix goes before it', () => {
    const { forms } = readForms("(' ; c\n x)", { comments: true })
    expect(forms[0]).toMatchObject({ items: [{ kind: 'comment' }, { kind: 'quote' }] })
  })
})

test.each([
  ['9223372036854775808', 'P005 9223372036854775808'],
  ['-9223372036854775809', 'P005 -9223372036854775809'],
  ['1e999', 'P005 1e999'],
  ['12ab', 'P005 12ab'],
  ['1.', 'P005 1.'],
  ['.5', 'P005 .5'],
  ['-.5', 'P005 -.5'],
  ['0x10', 'P005 0x10'],
  ['1/2', 'P005 1/2'],
  ['10N', 'P005 10N'],
  ['1_000', 'P005 1_000'],
  ['2026-13-01T00:00:00Z', 'P005 2026-13-01T00:00:00Z'],
  ['2023-02-29T00:00:00Z', 'P005 2023-02-29T00:00:00Z'],
  ['2026-01-01', 'P005 2026-01-01'],
  ['2026-01-01T00:00:00+02:00', 'P005 2026-01-01T00:00:00+02:00'],
  ['123e4567-e89b-12d3-a456-42661417400', 'P005 123e4567-e89b-12d3-a456-42661417400'],
  ['##Infinity', 'P005 ##Infinity'],
  ['resource://', 'P005 resource://'],
  ['"a\\qb"', 'P006 \\q'],
  ['"\\u12"', 'P006 \\u12'],
  ['"\\ud800"', 'P006 \\ud800'],
  ['"\\u{110000}"', 'P006 \\u{110000}'],
  ['"\ud800"', 'P006 \ud800'],
  ['::a', 'P003 ::a'],
  [':1', 'P003 :1'],
  ['a/b/c', 'P003 a/b/c'],
  ['a/', 'P003 a/'],
  ['/a', 'P003 /a'],
  [':a/b/c', 'P003 :a/b/c'],
  [':/', 'P003 :/'],
  ['a::b', 'P003 ::b'],
  ['x#', 'P003 x#'],
  ['`(~x#)', 'P003 x#'],
  [':', 'P003 :'],
  ['\\a', 'P003 \\'],
  ['\u0000', 'P003 \u0000'],
  ['@', 'P003 @'],
  ['@(x)', 'P004 @'],
  ['#{1 2}', 'P004 #{'],
  ['#"a"', 'P004 #"'],
  ['#(f #(g))', 'P007 #('],
  ['"abc', 'P008 "'],
  ['#| abc', 'P008 #|'],
  ["'", "P002 '"],
  ["(f ')", "P002 '"],
  ['{:a}', 'P002 :a'],
  ['{:a 1 :a 2}', 'V001 :a'],
  ['{"a" 1 "a" 2}', 'V001 "a"'],
  ['{1 :x 1 :y}', 'V001 1'],
])('%s is %s', (text, expected) => expect(errors(text)).toContain(expected))

test.each([
  ['a symbol with a quasiquote around it may end in #', '`(x# ~y)'],
  ['written out, too', '(quasiquote (x#))'],
  ['computed and string keys beside keywords differ', '{:a 1 "a" 2 1 3 true 4 (f) 5 (f) 6}'],
  ['a UUID-like symbol', 'a23e4567-e89b'],
])('%s', (_, text) => expect(errors(text)).toEqual([]))

test('the reader and the core agree on what is a name', () => {
  const piece = fc.constantFrom(
    ...'ab/:.#@%&-+*=<>!?_$019vé𝒳"([{\' ,;^~`\\|'.match(/./gu)!,
    'nil',
    'true',
    ':v1',
    'λ',
  )
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), pieces => {
      const text = pieces.join('')
      const [form, ...others] = readForms(text).forms
      const whole = others.length === 0 && form !== undefined && form.start === 0 && form.end === text.length
      const clean = readForms(text).diagnostics.length === 0
      const gensym = text.endsWith('#')
      if (!gensym) {
        expect([text, isSymbolName(text)]).toEqual([
          text,
          whole && clean && form.kind === 'symbol' && !text.startsWith('@'),
        ])
      }
      const [keywordForm, ...rest] = readForms(`:${text}`).forms
      const isKeyword =
        rest.length === 0 &&
        readForms(`:${text}`).diagnostics.length === 0 &&
        keywordForm?.kind === 'atom' &&
        keywordForm.value instanceof Keyword &&
        keywordForm.value.name === text
      expect([text, isKeywordName(text)]).toEqual([text, isKeyword])
    }),
    { numRuns: 5000, seed: Number(process.env['RTFS_SEED'] ?? 1) },
  )
})

test.each([
  ['^:a ; c\n(f)', ['comment', 'metadata']],
  ['(x ^:a #_b #| c |# (f))', ['symbol', 'discard', 'comment', 'metadata']],
])('trivia inside of metadata loses nothing: %j', (text, kinds) => {
  const { forms } = readForms(text, { comments: true })
  const items = forms.length === 1 && forms[0]!.kind === 'list' ? forms[0]!.items : forms
  expect(items.map(({ kind }) => kind)).toEqual(kinds)
  const metadata = items.at(-1)!
  expect('items' in metadata && metadata.items.map(({ kind }) => kind)).toEqual(['atom', 'list'])
})
