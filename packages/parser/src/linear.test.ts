import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { beforeAll, expect, test } from 'vitest'

/*
 * Reading and parsing take steps in proportion to the text, also for texts made to be slow. No time is measured: V8
 * counts how often each block of the parser's code runs, and what built-in functions go through is added to that.
 */

/** Texts of about `n` parts each; twice as many parts may take twice as many steps, and a little. */
const texts: Readonly<Record<string, (n: number) => string>> = {
  'a program': n => "(defn f [x :int] (let [y (* x 2)] (if (> y 3) {:a y} [x 'y])))\n".repeat(n / 10),
  digits: n => '1'.repeat(n),
  'a symbol': n => 'a'.repeat(n),
  'a name with colons': n => `a${':'.repeat(n)}`,
  'a name with slashes': n => `a${'/b'.repeat(n)}`,
  'different names': n => Array.from({ length: n / 4 }, (_, i) => `name-${i}`).join(' '),
  'a string without end': n => `"${'a\\n'.repeat(n)}`,
  'strings without end, a line each': n => '(f "a)\n'.repeat(n / 20),
  'a comment without end': n => '#|'.repeat(n),
  comments: n => '; c\n'.repeat(n / 2),
  'keys of one map': n => `{${Array.from({ length: n / 4 }, (_, i) => `:k${i} ${i}`).join(' ')}}`,
  'fields of one struct': n =>
    `(defstruct S ${Array.from({ length: n / 4 }, (_, i) => `:k${i} int`).join(' ')})`,
  'keyword values in a let': n => `(let [${'x :k '.repeat(n / 4)}] 1)`,
  'names of a pattern': n => `(let [[${Array.from({ length: n / 4 }, (_, i) => `a${i}`).join(' ')}] x] 1)`,
  'branches of parallel': n => `(parallel ${Array.from({ length: n / 4 }, (_, i) => `[b${i} 1]`).join(' ')})`,
  'definitions of what special forms are named': n => '(cond a b) (defn when [x] x)\n'.repeat(n / 20),
  'a form taken over at the end': n => `${'(when a b)\n'.repeat(n / 10)}(defn when [x] x)`,
  'closers too many': n => 'f) '.repeat(n / 4),
  'closers too few': n => `${'(f\n'.repeat(100)}${'x '.repeat(n)}`,
  'lines with a closer too few': n => '(defn f [x]\n  (g x)\n'.repeat(n / 16),
  'prefixes that comments interrupt': n => `${"'".repeat(300)}${'#_x '.repeat(n / 10)}y`,
  'metadata that comments interrupt': n => `${'^:a '.repeat(200)}${'#| c |# '.repeat(n / 20)}(fn [] 1)`,
  'quasiquotes with fresh symbols': n => `\`(${'x# ~y '.repeat(n / 10)})`,
  'nested forms': n => `${'(f '.repeat(400)}${'x '.repeat(n)}${')'.repeat(400)}\n`,
  threads: n => `(-> x ${'(f 1) '.repeat(400)})\n`.repeat(n / 1000),
  'uses of one macro': n => `(defmacro m [x] x)\n${'(m 1)\n'.repeat(n / 20)}`,
  'bad characters': n => '\u0001 '.repeat(n / 2),
  'letters beyond ASCII': n => 'é'.repeat(n / 4),
  'code fences': n => `\`\`\`clojure\n${'(f 1)\n'.repeat(n / 10)}`,
}

const parts = 8_000
/** What twice the text may cost; what is there once only makes the ratio smaller. Four would be quadratic. */
const most = 2.3

// Only interpreted, every block is counted.
const counting = `
import { Session } from 'node:inspector/promises'
import { readFileSync } from 'node:fs'
import { parse } from './parse.js'
import { readForms } from './read-forms.js'

// Built-in functions count what they go through, at most.
let inside = 0
const count = (owner, names, cost) => {
  for (const name of names) {
    const original = owner[name]
    owner[name] = function (...args) {
      const result = Reflect.apply(original, this, args)
      inside += cost(this, args, result)
      return result
    }
  }
}
const found = (text, at) => (at < 0 ? text.length : at)
count(String.prototype, ['slice', 'replace', 'replaceAll', 'repeat', 'trim', 'toLowerCase'], (_, __, made) => made.length)
count(String.prototype, ['indexOf', 'lastIndexOf'], (text, [, from = 0], at) => Math.abs(found(text, at) - from))
count(String.prototype, ['includes', 'split'], text => text.length)
count(String.prototype, ['startsWith', 'endsWith'], (_, [part]) => part.length)
count(RegExp.prototype, ['exec', 'test'], (_, [text]) => text.length)
count(Array.prototype, ['slice', 'concat', 'map', 'filter', 'splice', 'some', 'every', 'includes', 'indexOf', 'lastIndexOf', 'shift', 'unshift', 'join', 'sort', 'toSorted'], list => list.length)


const session = new Session()
session.connect()
await session.post('Profiler.enable')
const work = {
  parse: text => parse(text),
  repair: text => parse(text, { repair: true }),
  forms: text => readForms(text, { comments: true }),
}
async function steps(run, text) {
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  inside = 0
  run(text)
  const builtIn = inside
  const { result } = await session.post('Profiler.takePreciseCoverage')
  await session.post('Profiler.stopPreciseCoverage')
  let blocks = 0
  for (const script of result) {
    if (script.url !== import.meta.url) continue
    for (const { ranges } of script.functions) for (const range of ranges) blocks += range.count
  }
  return blocks + builtIn
}
const outcomes = {}
for (const [name, [once, twice]] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
  for (const [how, run] of Object.entries(work)) {
    run(once)
    outcomes[name + ', ' + how] = [await steps(run, once), await steps(run, twice)]
  }
}
console.log(JSON.stringify(outcomes))
`

let outcomes: Readonly<Record<string, readonly [once: number, twice: number]>> = {}

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: counting, resolveDir: import.meta.dirname },
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@rtfs/source'],
    write: false,
  })
  const inputs = Object.fromEntries(
    Object.entries(texts).map(([name, make]) => [name, [make(parts), make(2 * parts)]]),
  )
  const folder = mkdtempSync(join(tmpdir(), 'rtfs-steps-'))
  const program = join(folder, 'steps.mjs')
  writeFileSync(program, outputFiles[0]!.text)
  const { stdout, stderr } = spawnSync(process.execPath, ['--no-opt', '--no-sparkplug', program], {
    input: JSON.stringify(inputs),
    encoding: 'utf8',
  })
  rmSync(folder, { recursive: true })
  expect(stderr).toBe('')
  outcomes = JSON.parse(stdout)
}, 120_000)

test.each(Object.keys(texts))('%s: twice the text takes twice the steps', name => {
  for (const how of ['parse', 'repair', 'forms']) {
    const [once, twice] = outcomes[`${name}, ${how}`]!
    expect(once, how).toBeGreaterThan(0)
    expect(twice / once, how).toBeLessThan(most)
  }
})
