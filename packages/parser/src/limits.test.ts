import { spawnSync } from 'node:child_process'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { formatSource, printExpr } from './format.js'
import { parse } from './parse.js'
import { errors, last } from './parser.test-util.js'
import { readForms } from './read-forms.js'

test.each([
  '(',
  '[',
  '{',
  '(f ',
  '[1 ',
  '{:a ',
  "'",
  '`',
  '~',
  '~@',
  '^',
  '^:a ',
  '#_',
  '#(',
  '(let [x ',
  '(fn [x] ',
  '(-> x ',
  '(cond a ',
  '(quote ',
  '(do ',
])('a million of %j is one diagnostic, not an overflow', piece => {
  const found = errors(piece.repeat(1_000_000))
  expect(found.length).toBeGreaterThan(0)
  expect(found.length).toBeLessThanOrEqual(100)
})

test.each([
  ['lists', (n: number) => `${'(f '.repeat(n)}x${')'.repeat(n)}`],
  ['vectors', (n: number) => `${'['.repeat(n)}x${']'.repeat(n)}`],
  ['quotes', (n: number) => `${"'".repeat(n)}x`],
  ['types', (n: number) => `(the ${'[:vector '.repeat(n - 1)}int${']'.repeat(n - 1)} x)`],
  ['templates', (n: number) => `\`${'('.repeat(n - 1)}x${')'.repeat(n - 1)}`],
])('nested %s: as deep as allowed, and one level more', (_, nested) => {
  expect(errors(nested(500))).toEqual([])
  expect(errors(nested(501)).map(item => item.slice(0, 4))).toEqual(['P003'])
  expect(errors(nested(21), { maxDepth: 20 })).toHaveLength(1)
})

test.each([
  ['cond', `(cond ${'a b '.repeat(600)})`],
  ['threading', `(-> x ${'(f) '.repeat(600)})`],
])('%s rewritten to too deep a tree is refused', (_, text) => {
  expect(errors(text).map(item => item.slice(0, 4))).toEqual(['P003'])
})

// In a process of its own, as the runner's getters of imports swallow the end of the stack.
const nearTheEndOfTheStack = `
import { parse } from './parse.js'
const text = '(let [x 1] '.repeat(450) + 'x' + ')'.repeat(450)
const codes = () => parse(text).diagnostics.map(({ code }) => code).join()
let deepest = 0
const below = (level, levels) => {
  deepest = Math.max(deepest, level)
  return level === levels ? codes() : below(level + 1, levels)
}
try { below(0, Infinity) } catch {}
const room = deepest
const outcomes = []
for (let percent = 50; percent <= 90; percent += 5) outcomes.push(below(0, Math.floor(room * percent / 100)))
console.log(JSON.stringify(outcomes))
`

test('the end of a stack that the caller has nearly used up is a diagnostic', async () => {
  const { outputFiles } = await build({
    stdin: { contents: nearTheEndOfTheStack, resolveDir: import.meta.dirname },
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@rtfs/source'],
    write: false,
  })
  // Only interpreted, every level of a function takes the same room.
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--no-opt', '--no-sparkplug', '--input-type=module', '-'],
    { input: outputFiles[0]!.text, encoding: 'utf8' },
  )
  expect(stderr).toBe('')
  const outcomes: string[] = JSON.parse(stdout)
  expect(outcomes).toContain('P003')
  expect(outcomes.filter(outcome => outcome !== '' && outcome !== 'P003')).toEqual([])
}, 60_000)

test('deep trees print and format', () => {
  const text = `${'(f {:a [\n'.repeat(160)}x${']})'.repeat(160)}`
  const formatted = formatSource(text)
  expect(formatSource(formatted)).toBe(formatted)
  expect(errors(printExpr(last(text)))).toEqual([])
})

test('a text that is too long is not read', () => {
  expect(errors('(f 1)', { maxBytes: 4 })).toEqual(['P003 '])
  expect(errors('"ééé"', { maxBytes: 7 })).toEqual(['P003 '])
  expect(errors('"ééé"', { maxBytes: 8 })).toEqual([])
  expect(errors('('.repeat(100_000_000))).toEqual(['P003 '])
})

test('no more errors are kept than asked for', () => {
  expect(errors('(if) '.repeat(1000))).toHaveLength(100)
  expect(errors('(if) '.repeat(1000), { maxErrors: 3 })).toHaveLength(3)
  expect(errors(') '.repeat(100_000))).toHaveLength(100)
  expect(errors('\u0001 '.repeat(100_000))).toHaveLength(100)
})

test.each([
  ['digits', '1'.repeat(1_000_000)],
  ['a symbol', 'a'.repeat(1_000_000)],
  ['colons', `a${':'.repeat(1_000_000)}`],
  ['a string without end', `"${'a'.repeat(1_000_000)}`],
  ['a comment without end', '#|'.repeat(500_000)],
  ['keys of one map', `{${Array.from({ length: 50_000 }, (_, i) => `:k${i} ${i}`).join(' ')}}`],
  [
    'fields of one struct',
    `(defstruct S ${Array.from({ length: 50_000 }, (_, i) => `:k${i} int`).join(' ')})`,
  ],
  ['keyword values in a let', `(let [${'x :k '.repeat(50_000)}] 1)`],
  ['branches', `(parallel ${Array.from({ length: 50_000 }, (_, i) => `[b${i} 1]`).join(' ')})`],
  ['closers too many', 'f) '.repeat(300_000)],
  ['closers too few', `${'(f\n'.repeat(400)}${'x '.repeat(100_000)}`],
])(
  'very many %s are read to the end',
  (_, text) => {
    expect(parse(text).diagnostics.length).toBeLessThanOrEqual(100)
    expect(readForms(text).diagnostics.length).toBeLessThanOrEqual(100)
  },
  60_000,
)
