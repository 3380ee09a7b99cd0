import { formatValue, isRtfsError, keyword, type RtfsErrorValue } from '@rtfs/core'
import type { Unit } from '@rtfs/ir'
import { describe, expect, test } from 'vitest'
import { createMemoryModuleLoader, createRuntime, modulePath } from '../index.js'

const files = {
  'math/utils.rtfs': `(module math.utils "Sums and such." (:exports [add square tau Positive])
    (def tau 6.28)
    (deftype Positive [:and int [:> 0]])
    (defn add [a b] (+ a b))
    (defn square [x] (times x x))
    (defn times [a b] (* a b)))`,
  'plain.rtfs': '(module plain (defn f [] (g)) (def ^{:private true} secret 1) (defn g [] [:g secret]))',
  'a.rtfs': '(module a (import b) (defn f [] 1))',
  'b.rtfs': '(module b (import c) (defn f [] 1))',
  'c.rtfs': '(module c (import a) (defn f [] 1))',
  'other.rtfs': '(module somewhere.else (defn f [] 1))',
  'broken.rtfs': '(module broken\n  (defn f [] (+ 1 2))',
  'failing.rtfs': '(module failing\n  (def x (inc "a")))',
  'exports.rtfs': '(module exports (:exports [nope]) (defn f [] 1))',
  'two.rtfs': '(module two (defn f [] 1)) (def more 2)',
  'none.rtfs': '(def x 1)',
  'clash.rtfs': '(module clash (defn square [x] x))',
  'again.rtfs': '(module again (:exports [square]) (import math.utils :only [square]))',
  'deep/inner.rtfs': '(module deep.inner (import neighbour :as n) (defn f [] (n/f)))',
  'deep/neighbour.rtfs': '(module neighbour (defn f [] :near))',
  'lib/v1.2/tool.rtfs': '(module lib:v1.2/tool (defn f [] 1.2))',
  'lib/v2/tool.rtfs': '(module lib:v2/tool (defn f [] 2))',
  'effects.rtfs': '(module effects (def x (call :count)) (defn f [] x))',
  'late.rtfs': '(module late (defn f [] (define-later)) (defn define-later [] :later))',
}

function outcomeOf(error: unknown): string {
  if (!isRtfsError(error)) throw error
  return `! ${error.message}`
}

describe.each(['ast', 'ir'] as const)('modules, tier %s', tier => {
  async function run(program: string): Promise<string> {
    try {
      const runtime = createRuntime({ modules: createMemoryModuleLoader(files) })
      return formatValue((await runtime.run(program, { tier })).value)
    } catch (error) {
      return outcomeOf(error)
    }
  }

  test.each([
    ['(import math.utils) (math.utils/square 3)', '9'],
    ['(import math.utils :as m) [(m/add 1 2) (math.utils/add 1 2) m/tau]', '[3 3 6.28]'],
    ['(import math.utils :only [add]) (add 1 2)', '3'],
    ['(import math.utils :refer [add]) (add 1 2)', '3'],
    ['(import math.utils :as m :only [square]) [(square 3) (m/add 1 2)]', '[9 3]'],
    ['(import math.utils :refer :all) (square (add 1 2))', '9'],
    ['(import [math.utils :as m]) (m/add 1 2)', '3'],
    ['(import math.utils)', 'nil'],
    ['(import math.utils :as m) (the m/Positive 3)', '3'],
    ['(import math.utils :only [Positive]) (conforms? Positive -3)', 'false'],
    ['(import math.utils :as m) (map m/square [1 2])', '[1 4]'],
    ['(import plain) (plain/f)', '[:g 1]'],
    ['(import late) (late/f)', ':later'],
    ['(import deep.inner :as d) (d/f)', ':near'],
    ['(import again :as a) (a/square 4)', '16'],
    ['(import math.utils :only [square]) (import again :only [square]) (square 2)', '4'],
    ['(import lib:v1.2/tool :as one) (import lib:v2/tool :as two) [(one/f) (two/f)]', '[1.2 2]'],
    ['(import lib:v2/tool) (import lib/tool :as t) (t/f)', '2'],
    ['(import stdlib :as s) (s/inc 1)', '2'],
    ['(import tool :as t) (fn? t/log)', 'true'],
    [
      '(module m "Docs." (:exports [f]) (defn f [] 1))',
      '{:name "m" :version nil :doc "Docs." :exports ["f"]}',
    ],
    [
      '(module com.acme:v1.2/x (defn f [] 1))',
      '{:name "com.acme:v1.2/x" :version "1.2" :doc nil :exports ["f"]}',
    ],
    ['(module m (defn f [] 1)) (import m) (m/f)', '1'],
    ['(import math.utils :as m) (m/times 1 2)', "! Module error: 'times' is not exported by math.utils"],
    ['(import math.utils :only [times])', "! Module error: 'times' is not exported by math.utils"],
    ['(import plain) plain/secret', "! Module error: 'secret' is not exported by plain"],
    ['(math.utils/add 1 2)', '! Undefined symbol: math.utils/add'],
    ['(import math.utils) (add 1 2)', '! Undefined symbol: add'],
    ['(import no.such)', '! Module not found: no.such'],
    ['(import a)', '! Module error: Circular dependency: a → b → c → a'],
    ['(import other)', '! Module error: other.rtfs declares somewhere.else, not other'],
    [
      '(import exports)',
      "! Module error: exports.rtfs: Module error: exports exports 'nope', which it does not define",
    ],
    ['(import two)', '! Module error: two.rtfs: Invalid program: there are forms beside its module form'],
    ['(import none)', '! Module error: none.rtfs: Invalid program: it has no module form'],
    [
      '(import math.utils :only [square]) (import clash :only [square])',
      "! Module error: 'square' is imported from clash and from another module",
    ],
    [
      '(import math.utils :only [square]) (defn square [] 1)',
      "! Module error: 'square' is imported from math.utils and defined here",
    ],
    [
      '(import lib:v1.2/tool) (import lib:v2/tool) (import lib/tool)',
      '! Module error: lib/tool is there in several versions: lib:v1.2/tool, lib:v2/tool',
    ],
    ['(let [f (fn [] (import math.utils))] 1)', '! P001'],
  ])('%s', async (program, expected) => {
    if (!expected.startsWith('! P')) return expect(await run(program)).toBe(expected)
    await expect(createRuntime().run(program)).rejects.toMatchObject({ code: 'RTFS_PARSE' })
  })

  test('a module runs once, also when the run suspends in it', async () => {
    let count = 0
    const runtime = createRuntime({
      modules: createMemoryModuleLoader(files),
      security: { level: 'full' },
      capabilities: { count: async () => ++count },
    })
    const program = '(import effects :as a) (import effects :as b) [(a/f) (b/f) (call :count)]'
    expect(formatValue((await runtime.run(program, { tier })).value)).toBe('[1 1 2]')
    const session = runtime.session()
    await session.run('(import effects)', { tier })
    expect(formatValue((await session.run('[(effects/f) (call :count)]', { tier })).value)).toBe('[3 4]')
    expect([...session.modules.names()]).toEqual(['effects'])
  })

  test.each([
    ['(import a)', '["a" "b" "c" "a"]', undefined],
    ['(import failing)', undefined, 'TypeError'],
    ['(import broken)', undefined, 'ParseError'],
  ])('what the error of %s knows', async (program, cycle, cause) => {
    const session = createRuntime({ modules: createMemoryModuleLoader(files) }).session()
    for (const attempt of [1, 2]) {
      const error = await session.run(program, { tier }).catch(reason => reason)
      if (!isRtfsError(error)) throw error
      expect(error.code, `attempt ${attempt}`).toBe('ModuleError')
      const chain = error.value?.details.get(keyword('cycle'))
      expect(chain === undefined ? undefined : formatValue(chain)).toBe(cycle)
      expect(error.value?.cause?.kind).toBe(cause)
    }
  })

  test('an error in a file says where', async () => {
    try {
      await createRuntime({ modules: createMemoryModuleLoader(files) }).run('(do\n  (import failing))', {
        tier,
      })
      expect.unreachable()
    } catch (error) {
      if (!isRtfsError(error)) throw error
      const cause = error.value?.cause as RtfsErrorValue
      expect(error.message).toBe('Module error: failing.rtfs: Type error in inc: expected number, got string')
      expect(cause.kind).toBe('TypeError')
    }
  })
})

test('loaded modules are compiled and handed to a cache, whose faults are only reported', async () => {
  const published: string[] = []
  const faults: string[] = []
  const session = createRuntime({ modules: createMemoryModuleLoader(files) }).session()
  const backend = {
    targetId: 't',
    abiVersion: '1',
    id: 'test',
    version: '1',
    compile: (unit: Unit) => {
      if (unit.forms.length === 0) throw new Error('empty')
      return {
        ...backend,
        backend,
        bytes: new Uint8Array(unit.forms.length),
        imports: [],
        exports: [],
        debug: new Uint8Array(),
      }
    },
  }
  session.modules.withBytecodeBackend(backend).withL4Cache({
    publish: async ({ metadata, text, compiled }) => {
      published.push(`${metadata.name} ${text.length > 0} ${compiled?.bytes.length}`)
      if (metadata.name === 'plain') throw new Error('full')
    },
    onFault: ({ name }) => void faults.push(name),
  })
  await session.run('(import math.utils) (import plain)')
  await session.run('(import math.utils :as m)')
  expect(published).toEqual(['math.utils true 1', 'plain true 1'])
  expect(faults).toEqual(['plain'])
})

test('without a backend nothing is published', async () => {
  const session = createRuntime({ modules: createMemoryModuleLoader(files) }).session()
  const published: string[] = []
  session.modules.withL4Cache({ publish: ({ metadata }) => void published.push(metadata.name) })
  await session.run('(import math.utils)')
  expect(published).toEqual([])
})

test('what is known of modules', async () => {
  const session = createRuntime({ modules: createMemoryModuleLoader(files) }).session()
  await session.run('(import math.utils)')
  expect(session.modules.metadata('math.utils')).toEqual({
    name: 'math.utils',
    docstring: 'Sums and such.',
    sourceFile: 'math/utils.rtfs',
    version: undefined,
  })
  expect(session.modules.exportsOf('math.utils')).toEqual([
    { name: 'Positive', exportType: 'Type' },
    { name: 'add', exportType: 'Function' },
    { name: 'square', exportType: 'Function' },
    { name: 'tau', exportType: 'Variable' },
  ])
})

test.each([
  ['a', 'a.rtfs'],
  ['a.b-c.d', 'a/b-c/d.rtfs'],
  ['org.lib:v2.1.3/util', 'org/lib/v2.1.3/util.rtfs'],
  ['com.acme:v1.2', 'com/acme/v1.2.rtfs'],
])('the file of %s', (name, path) => expect(modulePath(name)).toBe(path))

test.each(['..a', 'a..b', '.', '../etc/passwd', 'a.../b'])('no file for %s', name =>
  expect(() => modulePath(name)).toThrow(/no file can be named/),
)

test.each(['a..b', 'a.'])('a module name that no file can have is not found: %s', async name => {
  const runtime = createRuntime({ modules: createMemoryModuleLoader({ 'a/b.rtfs': '(module a.b)' }) })
  await expect(runtime.run(`(import ${name})`)).rejects.toMatchObject({
    code: expect.stringMatching(/ModuleNotFound|RTFS_PARSE/),
  })
})
