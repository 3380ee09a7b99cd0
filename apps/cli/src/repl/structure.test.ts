import { expect, test } from 'vitest'
import { complete } from './completion.js'
import { EditBuffer } from './edit-buffer.js'
import { indentationAt, partnerOf, structureOf } from './structure.js'
import { textWidth } from './width.js'

test.each([
  ['a form', '(+ 1 2)', true],
  ['an open form', '(+ 1', false],
  ['an open string', '"a', false],
  ['a closer in a string', '(str ")', false],
  ['a closer in a comment', '(+ 1 ; )', false],
  ['an open block comment', '#| a', false],
  ['a prefix that waits', "'", false],
  ['a closer too many is for the reader', '(+ 1))', true],
  ['the wrong closer is for the reader', '(+ 1]', true],
  ['nothing', '', true],
])('%s', (_, text, complete) => expect(structureOf(text).complete).toBe(complete))

test.each([
  ['a body', '(defn f [x]', 2],
  ['below the first argument', '(+ 1', 3],
  ['in a vector', '(let [a 1', 6],
  ['in a map', '{:a 1', 1],
  ['after a line break', '(f\n  (g 1', 5],
  ['in a string', '(str "a', 0],
])('indentation %s', (_, text, columns) => expect(indentationAt(text, text.length)).toBe(columns))

test('the delimiter before the cursor has a partner', () => {
  expect(partnerOf('(a [b])', 7)).toBe(0)
  expect(partnerOf('(a [b])', 6)).toBe(3)
  expect(partnerOf('(a', 1)).toBeUndefined()
})

test('wide and combining characters have the width that a terminal gives them', () => {
  expect(['a', '日本', 'e\u0301', '🎉'].map(textWidth)).toEqual([1, 4, 1, 2])
})

test('completion: names, keywords, commands only at the beginning, nothing in strings', () => {
  const about = ''
  const sources = {
    names: () => [
      { name: 'map', about },
      { name: 'max', about },
    ],
    keywords: () => [{ name: ':type-of', about }],
    commands: () => [{ name: ':type', about }],
  }
  const names = (text: string) => complete(text, text.length, sources).candidates.map(({ name }) => name)
  expect(names('(ma')).toEqual(['map', 'max'])
  expect(names(':ty')).toEqual([':type', ':type-of'])
  expect(names('(f :ty')).toEqual([':type-of'])
  expect(names('"ma')).toEqual([])
})

test('editing: surrogates stay whole, words, lines, cut and paste, undo', () => {
  const buffer = new EditBuffer()
  buffer.insert('a🎉')
  buffer.left()
  expect(buffer.cursor).toBe(1)
  buffer.delete()
  expect(buffer.text).toBe('a')
  buffer.undo()
  expect(buffer.text).toBe('a🎉')
  buffer.set('(foo bar)\n(baz)')
  expect(buffer.up()).toBe(true)
  expect(buffer.cursor).toBe(5)
  expect(buffer.up()).toBe(false)
  buffer.cutWordLeft()
  expect(buffer.text).toBe('(bar)\n(baz)')
  buffer.end()
  buffer.paste()
  expect(buffer.text).toBe('(bar)foo \n(baz)')
  buffer.set('\nb', 1)
  expect(buffer.up()).toBe(true)
  expect(buffer.cursor).toBe(0)
})
