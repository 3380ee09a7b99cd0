import { describe, expect, test } from 'vitest'
import { analysed, caret } from './analysis.test-util.js'
import { completionsAt } from './completion.js'
import { Modules } from './definition.js'
import { quickFixes } from './diagnostics.js'
import { hoverAt } from './hover.js'
import { Positions } from './positions.js'
import { programs } from './programs.test-util.js'
import { semanticTokens, tokenTypes } from './semantic-tokens.js'
import { documentSymbols } from './symbols.js'

const shop =
  '(module shop (:exports [total]) (defn total "Sum of prices." [xs :[:vector :int]] :int (reduce + 0 xs)))'
const files = { 'file:///srv/shop.rtfs': shop }

async function hover(marked: string, cached: boolean | undefined = undefined): Promise<string | undefined> {
  const { text, offset } = caret(marked)
  const { analysis, workspace } = analysed(text, files)
  const modules = new Modules(workspace)
  const find = (module: string, name: string) => modules.findExport(module, name, analysis)
  return (await hoverAt(analysis, offset, find, async () => cached))?.markdown
}

describe('hover', () => {
  test.each([
    ['a library function', '(ma|p inc [1])', ['map', '[:=> ', 'pure']],
    ['an effect', '(prin|t 1)', ['effects:']],
    [
      'a function',
      '(defn f "Doubles." [x :int] :int (* 2 x)) (|f 1)',
      ['f [:=> [:int] :int]', 'Doubles.', 'pure'],
    ],
    ['a local', '(defn f [x :int] (let [y (* 2 x)] (+ |y 1)))', ['y :int']],
    ['a parameter at its binding', '(defn f [|x :float] (* 2.0 x))', ['x :float', 'parameter']],
    ['a name of another module', '(import shop :as s) (s/tot|al [1])', ['shop/total', 'Sum of prices.']],
  ])('%s', async (_, marked, parts) => {
    const text = await hover(marked)
    for (const part of parts) expect(text).toContain(part)
  })
  test('says whether the module cache has it', async () => {
    expect(await hover('(defn |f [x :int] :int x)', true)).toContain('in the module cache')
    expect(await hover('(defn |f [x :int] :int x)', false)).toContain('not in the module cache')
    expect(await hover('(defn |f [x :int] :int x)')).not.toContain('module cache')
  })
  test('nothing on white space and numbers', async () => expect(await hover('(f 1|2 )')).toBeUndefined())
})

describe('completion', () => {
  function labels(marked: string): readonly string[] {
    const { text, offset } = caret(marked)
    const { analysis, workspace } = analysed(text, files)
    const modules = new Modules(workspace)
    return completionsAt(analysis, offset, module => modules.exportsOf(module, analysis)).map(
      each => each.label,
    )
  }
  test('names in scope come first, others are left out', () => {
    const found = labels('(defn f [alpha] (let [beta 1] (+ alpha |))) (defn g [gamma] 1)')
    expect(found.slice(0, 2).sort()).toEqual(['alpha', 'beta'])
    expect(found).toContain('g')
    expect(found).toContain('map')
    expect(found).toContain('let')
    expect(found).not.toContain('gamma')
  })
  test('keywords of the text', () => expect(labels('{:price 1 :qty 2} (:|)')).toEqual([':price', ':qty']))
  test('names of an imported module', () => expect(labels('(import shop :as s) (s/|)')).toEqual(['s/total']))
  test('works where the text is not finished', () =>
    expect(labels('(defn f [alpha] (+ al|')).toContain('alpha'))
})

test('definitions across files', () => {
  const { text, offset } = caret('(import shop :as s) (s/tot|al [1])')
  const { analysis, workspace } = analysed(text, files)
  const place = new Modules(workspace).definitionAt(analysis, offset)
  expect(place).toEqual({
    uri: 'file:///srv/shop.rtfs',
    start: shop.indexOf('total "'),
    end: shop.indexOf(' "Sum'),
  })
})

test('a quick fix for a missing bracket mends it', () => {
  const text = '(defn f [x] (+ x 1)'
  const { analysis } = analysed(text)
  const [fix] = quickFixes('file:///x', analysis.diagnostics, new Positions(text), {
    start: 0,
    end: text.length,
  })
  const edit = fix?.edit?.changes?.['file:///x']?.[0]
  expect(edit?.newText).toBe(')')
})

test('colours follow the meaning', () => {
  const text = '(defn f [x] (map x [1 "a"])) ; c'
  const { data } = semanticTokens(analysed(text).analysis, new Positions(text))
  const types: string[] = []
  for (let i = 3; i < data.length; i += 5) types.push(tokenTypes[data[i]!]!)
  expect(types).toEqual([
    'keyword',
    'function',
    'parameter',
    'function',
    'parameter',
    'number',
    'string',
    'comment',
  ])
})

test('definitions as an outline', () => {
  const { analysis } = analysed(shop)
  const [module] = documentSymbols(analysis, new Positions(shop))
  expect(module?.name).toBe('shop')
  expect(module?.children?.map(each => each.name)).toEqual(['total'])
})

test('lines end at LF, CRLF and CR', () => {
  const positions = new Positions('a\r\nb\rc\nd')
  expect([3, 5, 7].map(offset => positions.positionAt(offset).line)).toEqual([1, 2, 3])
  expect(positions.offsetAt({ line: 2, character: 0 })).toBe(5)
})

test('every program of the corpus can be looked at', () => {
  for (const [, text] of programs()) {
    const { analysis } = analysed(text)
    semanticTokens(analysis, new Positions(text))
    documentSymbols(analysis, new Positions(text))
    for (const { span, name } of analysis.names.bindings) expect(text.slice(span.start, span.end)).toBe(name)
  }
})
