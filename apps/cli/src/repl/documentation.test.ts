import { expect, test } from 'vitest'
import { documentationOf } from './documentation.js'
import { ReplSession } from './repl-session.js'

test('code is coloured, words are not', async () => {
  const session = new ReplSession({
    around: work => work(),
    runtime: {},
    waits: false,
    limits: {},
    tier: 'auto',
  })
  await session.reset()
  const paint = (code: string) => `<${code}>`
  const map = documentationOf('map', session, paint)!.split('\n')
  expect(map[0]).toMatch(/^map {2}<\[:=> .*\]>$/)
  expect(map[1]).toMatch(/^ {2}A vector of the results/)
  expect(map[2]).toBe('  <(map inc [1 2])  ;; => [2 3]>')
  expect(documentationOf('if', session, paint)).toBe('<(if test then else?)>  one of two')
  await session.evaluate(session.parse('(defn f [x] x)'), new AbortController().signal, () => {})
  expect(documentationOf('f', session, paint)).toBe('<(defn f [x] x)>')
  expect(documentationOf('nothing', session, paint)).toBeUndefined()
})
