import { fromJs } from '@rtfs/core'
import { expect, test } from 'vitest'
import { prettyValue } from './pretty.js'

const options = { width: 20, maxItems: 10, maxString: 50, maxLines: 20 }
const pretty = (value: unknown, more: Partial<typeof options> = {}) =>
  prettyValue(fromJs(value), { ...options, ...more })

test.each([
  ['what fits stands on one line', [1, [2, 3]], '[1 [2 3]]'],
  ['numbers share lines', [1111, 2222, 3333, 4444, 5555], '[1111 2222 3333 4444\n 5555]'],
  ['entries have lines', { a: 'xxxxxxxxxx', b: [1, 2] }, '{"a" "xxxxxxxxxx"\n "b" [1 2]}'],
  ['nested', [{ a: 1, b: 'xxxxxxxx' }, { a: 2 }], '[{"a" 1\n  "b" "xxxxxxxx"}\n {"a" 2}]'],
])('%s', (_, value, text) => expect(pretty(value)).toEqual({ text, isCut: false }))

test('what is left out is said', () => {
  expect(pretty(Array.from({ length: 12 }, (_, i) => i))).toEqual({
    text: '[0 1 2 3 4 5 6 7 8 9\n … 2 more]',
    isCut: true,
  })
  expect(pretty('x'.repeat(60)).text).toContain('…" (60 code units)')
  expect(
    pretty(
      Array.from({ length: 9 }, () => 'x'.repeat(19)),
      { maxLines: 3 },
    ).text,
  ).toContain('… 7 more')
})

test('depth and shared parts end', () => {
  let deep: unknown = 1
  for (let i = 0; i < 100; i++) deep = [deep, 'xxxxxxxxxxxxxxxx']
  expect(pretty(deep, { maxLines: 1000 }).isCut).toBe(true)
})
