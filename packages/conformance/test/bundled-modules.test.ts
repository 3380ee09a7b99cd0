import { createWasmBackend, createWasmExecutor } from '@rtfs/bytecode-backend'
import { defaultLimits, formatValue, isRtfsError, Meter, securityViolation } from '@rtfs/core'
import type { ExecutionContext } from '@rtfs/interfaces'
import { lower } from '@rtfs/ir'
import { createRuntime, parseProgram } from '@rtfs/runtime'
import { describe, expect, test } from 'vitest'

const backend = createWasmBackend()
const executor = createWasmExecutor()
const fuel = 10_000

/** The program as one module of its own: its value, or error and place, and the fuel it took. */
function bundled(source: string): string {
  const { unit } = lower(parseProgram(source).program)
  const { bytes, imports, exports, debug } = backend.compile(unit, {
    program: true,
    closed: true,
    bundle: true,
  })
  const module = executor.prepare(bytes, { imports, exports: exports.map(each => each.exportName), debug })
  const meter = new Meter({ ...defaultLimits, fuel }, () => performance.now())
  const context: ExecutionContext = {
    meter,
    perform(capability) {
      throw securityViolation('call', capability, 'pure')
    },
    taskContext: null,
    invoke() {
      throw new Error('nothing else is callable here')
    },
  }
  return outcome(() => {
    const value = formatValue(module.run(context))
    return `${value}, fuel ${fuel - meter.fuel}`
  })
}

function evaluated(source: string): string {
  return outcome(() => {
    const { value, fuel: spent } = createRuntime({ limits: { fuel } }).runSync(source, { tier: 'ast' })
    return `${formatValue(value)}, fuel ${spent}`
  })
}

function outcome(run: () => string): string {
  try {
    return run()
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return `! ${error.code} at ${error.span?.start}-${error.span?.end}: ${error.message}`
  }
}

describe('modules of a unit as part of its code', () => {
  test.each([
    ['qualified', '(module a (defn f [x] (+ x 1))) (import a) (a/f 4)'],
    ['an alias', '(module a.b (defn f [x] (+ x 1))) (import a.b :as m) [(m/f 4) (a.b/f 5)]'],
    ['single names', '(module a (defn f [x] (* x k)) (def k 3)) (import a :only [f k]) (f k)'],
    ['all names', '(module a (defn f [x] (inc x)) (defn g [x] (f (f x)))) (import a :refer :all) (g 1)'],
    ['the same name in two frames', '(module a (def x 1) (defn f [] x)) (import a) (def x 5) [(a/f) x a/x]'],
    [
      'a module that uses another',
      '(module a (defn f [x] (+ x 1))) (module b (import a :as q) (defn g [x] (q/f (q/f x)))) (import b) (b/g 1)',
    ],
    ['a function as a value', '(module a (defn f [x] (+ x 1))) (import a) (map a/f [1 2 3])'],
    [
      'recursion and a loop',
      '(module a (defn f [n s] (if (= n 0) s (f (- n 1) (+ s n))))) (import a) (a/f 100 0)',
    ],
    [
      'code that runs when the module does',
      '(module a (def xs (map inc [1 2])) (def n (count xs))) (import a) [a/xs a/n]',
    ],
    ['an error of a function', '(module a (defn f [x] (/ 1 x))) (import a) (a/f 0)'],
    ['an error of a check', '(module a (defn f [x :int] :string x)) (import a) (a/f 1)'],
    ['fuel that ends inside', '(module a (defn f [n] (loop [i 0] (recur (inc i))))) (import a) (a/f 0)'],
    [
      'an alias of a type',
      '(module a (deftype Id int) (defn f [x :Id] (inc x))) (import a) [(a/f 1) (a/f "x")]',
    ],
    ['a struct', '(module a (defstruct P :x int) (defn f [x] (P {:x x}))) (import a) [(a/f 1) (a/f :no)]'],
    ['a name that is read too early', '(module a (defn f [] k) (def v (f)) (def k 1)) (import a) a/v'],
    ['definitions in a do', '(do (module a (defn f [] 1)) (import a)) (a/f)'],
    ['tests of a module do not run', '(module a (defn f [] 1) (deftest t (is (= 1 2)))) (import a) (a/f)'],
    ['an import as the last form', '(module a (def x 1)) (import a)'],
    ['a private name, from inside', '(module a (def ^:private x 1) (defn f [] x)) (import a) (a/f)'],
    [
      'a macro',
      '(module a (:exports [f m]) (defmacro m [x] `(f ~x)) (defn f [x] (* 2 x))) (import a :refer :all) (m 4)',
    ],
    ['a name defined twice', '(module a (def x 1) (def x (+ x 1)) (defn f [] x)) (import a) [(a/f) a/x]'],
  ])('%s', (_, source) => expect(bundled(source)).toBe(evaluated(source)))

  test.each([
    ['a module that is not there', '(import nowhere) 1', 'an import of nowhere'],
    ['a module as a value', '(module a (def x 1))', 'a module as the value of a program'],
    ['a private name', '(module a (:exports [g]) (defn f [] 1) (defn g [] 2)) (import a) (a/f)', 'a/f'],
    ['types of one name', '(module a (deftype T int)) (deftype T string) (import a) 1', 'two types T'],
    [
      'a name that is imported and defined',
      '(module a (def x 1)) (def x 2) (import a :only [x]) x',
      'an import of x',
    ],
  ])('%s is not covered', (_, source, form) => {
    expect(() => bundled(source)).toThrow(`wasm does not cover ${form}`)
  })

  test('functions of the program are exported, those of modules are not', () => {
    const { unit } = lower(parseProgram('(module a (defn f [x] x)) (import a) (defn g [x] (a/f x))').program)
    expect(backend.compile(unit, { bundle: true }).exports.map(({ name }) => name)).toEqual(['g'])
  })
})
