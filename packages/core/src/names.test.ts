import { expect, test } from 'vitest'
import { isKeywordName, isSymbolName, type NameParts, splitName } from './index.js'

/** Legal as symbol and as keyword. */
const both = [
  'x',
  'map.util/square',
  'org.lib:v2.1.3/scale',
  'a.b.c',
  '->',
  '<=',
  '%1',
  '%&',
  '&',
  'a->b?!',
  'tool:log',
  'resource:ref',
  'x#',
  'a@b',
  'größe',
  'λ',
  'true-ish',
  'nilable',
  '+',
  '-x',
  '.method',
  'stdlib//',
  'rtfs.core:v2.0:intent',
]
const neither = [
  '',
  '1',
  '12ab',
  'a b',
  'a/b/c',
  '/a',
  'a/',
  '//',
  ':a',
  'a:',
  'a::b',
  '#a',
  '@a',
  "a'",
  'a,b',
  'a"',
  'a;b',
  '😀',
  '(',
  'a/1',
]

test.each(both)('%s is a name', text => {
  expect([isSymbolName(text), isKeywordName(text)]).toEqual([true, true])
})
test.each(neither)('%j is no name', text => {
  expect([isSymbolName(text), isKeywordName(text)]).toEqual([false, false])
})

test.each([
  ['/', true, false],
  ['true', false, true],
  ['nil', false, true],
  ['-5', false, true],
  ['+7', false, true],
  ['.5', false, true],
  ['-.5', false, true],
  ['abcdefab-e89b-12d3-a456-426614174000', false, true],
  ['abcdefab-e89b-12d3-a456', true, true],
  ['resource://files', false, false],
  ['com.acme:v1.2/order', true, true],
])('%s as symbol %s, as keyword %s', (text, symbol, key) => {
  expect([isSymbolName(text), isKeywordName(text)]).toEqual([symbol, key])
})

test.each<[string, NameParts]>([
  ['x', { namespace: undefined, version: undefined, name: 'x' }],
  ['a/b', { namespace: 'a', version: undefined, name: 'b' }],
  ['org.lib:v2.1.3/scale', { namespace: 'org.lib', version: '2.1.3', name: 'scale' }],
  ['rtfs.core:v2.0:intent', { namespace: 'rtfs.core', version: '2.0', name: 'intent' }],
  ['tool:log', { namespace: undefined, version: undefined, name: 'tool:log' }],
  ['a:vx/b', { namespace: 'a:vx', version: undefined, name: 'b' }],
  ['/', { namespace: undefined, version: undefined, name: '/' }],
  ['stdlib//', { namespace: 'stdlib', version: undefined, name: '/' }],
])('splitName %s', (text, expected) => expect(splitName(text)).toEqual(expected))

test('long names take linear time', () => {
  const started = performance.now()
  for (const text of [`${'a:v1'.repeat(20_000)}/b`, `${'a:'.repeat(40_000)}`, `a${'.1'.repeat(40_000)}:`]) {
    isSymbolName(text)
    splitName(text)
  }
  expect(performance.now() - started).toBeLessThan(1000)
})
