import { describe, expect, test } from 'vitest'
import { printProgram } from './format.js'
import { hasErrors, parse } from './parse.js'

const fence = '```'

/** A text after the safe fixes of its diagnostics. */
function mended(text: string): string {
  const edits = parse(text).diagnostics.flatMap(item =>
    item.fixes.filter(fix => fix.safe).flatMap(fix => fix.edits),
  )
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((done, edit) => done.slice(0, edit.start) + edit.text + done.slice(edit.end), text)
}

describe('code between Markdown fences', () => {
  test.each([
    ['alone', `${fence}clojure\n(+ 1 2)\n${fence}\n`],
    ['without a language', `${fence}\n(+ 1 2)\n${fence}`],
    [
      'with prose around it',
      `Here is the function:\n\n${fence}rtfs\n(+ 1 2)\n${fence}\n\nIt adds 1 and 2; (see above.\n`,
    ],
    ['never closed', `Sure!\n${fence}clj\n(+ 1 2)\n`],
    ['with tildes and CRLF', '~~~\r\n(+ 1 2)\r\n~~~\r\n'],
  ])('%s: one error, with a fix that leaves the code', (_, text) => {
    const { diagnostics } = parse(text)
    expect(diagnostics.map(item => [item.code, item.severity])).toEqual([['P003', 'error']])
    expect(diagnostics[0]!.message).toContain('code fence')
    expect(mended(text).trim()).toBe('(+ 1 2)')
    expect(hasErrors(parse(mended(text)))).toBe(false)
  })

  test('repair takes the code, at its places in the text', () => {
    const text = `Sure:\n${fence}\n(+ 1 2)\n${fence}\n`
    const result = parse(text, { repair: true })
    expect(hasErrors(result)).toBe(false)
    expect(printProgram(result.program).trim()).toBe('(+ 1 2)')
    expect(text.slice(result.program.forms[0]!.start, result.program.forms[0]!.end)).toBe('(+ 1 2)')
  })

  test('errors of the code are told with the fence', () => {
    const messages = parse(`${fence}\n(defn f [x)\n${fence}`).diagnostics.map(item => item.message)
    expect(messages[0]).toContain('code fence')
    expect(messages.length).toBeGreaterThan(1)
  })

  test.each([
    ['in a string', `(defn f "Use:\n${fence}\n(f 1)\n${fence}\n" [x] x)`],
    ['in a comment', `#|\n${fence}\n(f 1)\n${fence}\n|# (+ 1 2)`],
    ['three quasiquotes', '```a'],
    ['three quasiquotes on a line of their own', ';\n```f\ni'],
  ])('%s it is no fence', (_, text) => expect(parse(text).diagnostics).toEqual([]))
})

test('a map with colons, as in JSON, has a fix', () => {
  const text = '{"a": 1, "b" : {"c": [2]}}'
  expect(parse(text).diagnostics.every(item => item.message.includes('colon'))).toBe(true)
  expect(mended(text)).toBe('{"a" 1, "b"  {"c" [2]}}')
})
