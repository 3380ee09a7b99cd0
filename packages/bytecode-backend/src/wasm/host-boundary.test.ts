import {
  float,
  formatValue,
  HostFunction,
  isSuspended,
  keyword,
  languageError,
  RtfsFunction,
  RtfsMap,
  RtfsVector,
  Suspended,
  type Value,
} from '@rtfs/core'
import type { ExecutionContext, FormServices } from '@rtfs/interfaces'
import { describe, expect, test } from 'vitest'
import { callCompiledFunction, isCompiledFunction } from '../index.js'
import { call, compile, contextOf, outcomeOf, prepare } from '../programs.test-util.js'

describe('arguments and results of exports', () => {
  const source = `
    (defn ints [a :int b :int] :int (+ a b))
    (defn floats [a :float b :float] :float (* a b))
    (defn flags [a :bool b :bool] :bool (if a (not b) b))
    (defn anything [a b] [b a])
    (defn numbers [a b] (- (* a a) (* b b)))
    (defn rest [a & more] [a more])
    (defn none [] 7)
    (defn many [a b c :int d :float e] [a b c d e])
    (defn product [a :int b :int] :int (* a b))`

  test.each<[string, readonly Value[], string]>([
    ['ints', [1, 2], '3'],
    ['ints', [9007199254740993n, 1], '9007199254740994'],
    ['ints', [-9007199254740991, -1], '-9007199254740992'],
    ['ints', [9223372036854775807n, 1], '! ArithmeticOverflow'],
    ['ints', [9223372036854775807n, -9223372036854775808n], '-1'],
    ['ints', [float(1), 2], '! TypeValidationError'],
    ['ints', [1], '! ArityMismatch'],
    ['ints', [1, 2, 3], '! ArityMismatch'],
    ['product', [3037000500, 3037000500], '! ArithmeticOverflow'],
    ['product', [2147483648, 4294967295], '9223372034707292160'],
    ['floats', [float(1.5), float(2)], '3.0'],
    ['floats', [3, float(2)], '6.0'],
    ['floats', [9007199254740993n, 1], '9007199254740992.0'],
    ['floats', ['x', float(2)], '! TypeValidationError'],
    ['flags', [true, false], 'true'],
    ['flags', [true, null], '! TypeValidationError'],
    ['anything', ['x', keyword('k')], '[:k "x"]'],
    ['numbers', [5, 4], '9'],
    ['numbers', [float(2.5), 2], '2.25'],
    ['numbers', [4294967296n, 0], '! ArithmeticOverflow'],
    ['numbers', ['a', 2], '! TypeError'],
    ['rest', [1], '[1 ()]'],
    ['rest', [1, 2, 3], '[1 (2 3)]'],
    ['rest', [], '! ArityMismatch'],
    ['none', [], '7'],
    ['many', [1, 2, 3, 4, 5], '[1 2 3 4.0 5]'],
    ['many', [1, 2, 3, float(4), 5], '[1 2 3 4.0 5]'],
  ])('%s %#', (name, args, expected) => expect(call(source, name, args)).toBe(expected))

  test('a name that is not exported', () => {
    const prepared = prepare(compile(source))
    expect(() => prepared.call('nope', [], contextOf())).toThrow('does not export nope')
    expect(() => prepared.run(contextOf())).toThrow('is no program')
  })
})

describe('values that the top level defines', () => {
  const source = '(def base (call :clock)) (defn f [x] (+ base x))'

  test('are computed once for each attempt', () => {
    const prepared = prepare(compile(source))
    const asked: string[] = []
    const context = (answer: Value): ExecutionContext => {
      const perform = (capability: string): Value => {
        asked.push(capability)
        return answer
      }
      return contextOf({}, { perform })
    }
    const first = context(10)
    expect([prepared.call('f', [1], first), prepared.call('f', [2], first)]).toEqual([11, 12])
    expect(prepared.call('f', [1], context(20))).toBe(21)
    expect(asked).toEqual(['clock', 'clock'])
  })

  test('a run inside another does not touch those of the other', () => {
    const prepared = prepare(compile('(def base (call :clock)) (defn f [x] (+ base (call :nested x) base))'))
    const inner = contextOf({}, { perform: (): Value => 1 })
    const outer = contextOf(
      {},
      {
        perform: (capability, [x]): Value => (capability === 'clock' ? 100 : prepared.call('f', [x!], inner)),
      },
    )
    expect(prepared.call('f', [0], outer)).toBe(203)
  })
})

describe('effects', () => {
  test('capability and arguments arrive as values', () => {
    const seen: unknown[] = []
    const perform = (capability: string, args: readonly Value[]): Value => {
      seen.push(capability, args)
      return 'done'
    }
    const context = contextOf({}, { perform })
    const prepared = prepare(compile('(defn f [x] [(call :a.b x 2.5) (call "c") (println x)])'))
    expect(formatValue(prepared.call('f', [1], context))).toBe('["done" "done" "done"]')
    expect(seen).toEqual(['a.b', [1, float(2.5)], 'c', [], 'ccos.io.println', [1]])
  })

  test('a suspension crosses compiled code, past every catch and finally', () => {
    const effects: string[] = []
    const context = contextOf(
      {},
      {
        perform(capability) {
          effects.push(capability)
          if (capability === 'cleanup') return null
          throw new Suspended(['the effect'])
        },
      },
    )
    const prepared = prepare(
      compile(
        '(defn g [x] (call :ask x)) (defn f [xs] (try (map g xs) (catch e :caught) (finally (call :cleanup))))',
      ),
    )
    let signal: unknown
    try {
      prepared.call('f', [RtfsVector.from([1])], context)
    } catch (error) {
      signal = error
    }
    expect(isSuspended(signal) && signal.effects).toEqual(['the effect'])
    expect(effects).toEqual(['ask'])
  })

  test('parallel gathers the effects of all its branches', () => {
    const context = contextOf(
      {},
      {
        perform(capability) {
          throw new Suspended([capability])
        },
      },
    )
    const prepared = prepare(compile('(defn f [] (parallel [a (call :one)] [b (+ 1 1)] [c (call :two)]))'))
    let signal: unknown
    try {
      prepared.call('f', [], context)
    } catch (error) {
      signal = error
    }
    expect(isSuspended(signal) && signal.effects).toEqual(['one', 'two'])
  })

  test('an error of an effect can be caught', () => {
    const context = contextOf(
      {},
      {
        perform() {
          throw languageError('NetworkError', 'down')
        },
      },
    )
    const prepared = prepare(compile('(defn f [] (try (call :net) (catch :network e (:message e))))'))
    expect(prepared.call('f', [], context)).toBe('down')
  })
})

describe('functions across the boundary', () => {
  test('a host function is called with values', () => {
    const double = new HostFunction('double', ([x]) => (x as number) * 2)
    expect(call('(defn f [g xs] (map g xs))', 'f', [double, RtfsVector.from([1, 2])])).toBe('[2 4]')
    expect(call('(defn f [g] (g 21))', 'f', [double])).toBe('42')
  })

  test('what a host function throws is an error of the language', () => {
    const broken = new HostFunction('broken', () => {
      throw new Error('broken')
    })
    expect(call('(defn f [g] (try (g) (catch e [(:kind e) (:message e)])))', 'f', [broken])).toBe(
      '["ApplicationError" "broken"]',
    )
  })

  test('functions of other tiers are called through the context', () => {
    class Foreign extends RtfsFunction {
      readonly name = 'foreign'
    }
    const calls: unknown[] = []
    const context = contextOf(
      {},
      {
        invoke(fn, args) {
          calls.push(fn, args, context.meter.spentFuel)
          return 5
        },
      },
    )
    const foreign = new Foreign()
    expect(prepare(compile('(defn f [g x] (+ 1 (g x)))')).call('f', [foreign, 7], context)).toBe(6)
    // The call is charged before.
    expect(calls).toEqual([foreign, [7], 1])
    expect(context.meter.spentFuel).toBe(2)
  })

  test('a compiled function that was given out can be called, and calls count in the run', () => {
    const prepared = prepare(compile('(defn adder [n] (fn [x] (+ x n)))'))
    const context = contextOf()
    const add = prepared.call('adder', [2], context)
    if (!isCompiledFunction(add)) throw new Error('no compiled function')
    expect(add.call([40])).toBe(42)
    expect(context.meter.spentFuel).toBe(1)
    const other = contextOf()
    expect(callCompiledFunction(add, [1], other)).toBe(3)
    expect([context.meter.spentFuel, other.meter.spentFuel]).toEqual([1, 1])
    expect(outcomeOf(() => add.call([]))).toBe('! ArityMismatch')
  })

  test('compiled functions of two modules call one another', () => {
    const [one, two] = [
      prepare(compile('(defn twice [f] (fn [x] (f (f x))))')),
      prepare(compile('(defn inc3 [] (fn [x] (+ x 3)))')),
    ]
    const context = contextOf()
    const inc3 = two.call('inc3', [], context)
    const twice = one.call('twice', [inc3], context)
    if (!isCompiledFunction(twice)) throw new Error('no compiled function')
    expect(twice.call([1])).toBe(7)
  })
})

test('the task context', () => {
  const taskContext = RtfsMap.from([
    [keyword('id'), 't-1'],
    ['name', 'n'],
  ])
  const prepared = prepare(compile('(defn f [] [@id @:name @missing])'))
  expect(formatValue(prepared.call('f', [], contextOf({}, { taskContext })))).toBe('["t-1" "n" nil]')
})

test('forms report to the host, in order', () => {
  const told: string[] = []
  const tell = (what: string) => (): void => void told.push(what)
  const forms: FormServices = {
    log: (level, values, place) =>
      told.push(`log ${level} ${values.map(value => formatValue(value)).join(' ')} at ${place?.start}`),
    discoverAgents: () => RtfsVector.empty,
    contextValue: name => `value of ${name}`,
    resource: id => `resource ${id}`,
    gensym: base => `${base}!`,
    openBranches: () => ({ enter: index => told.push(`enter ${index}`), leave: tell('leave') }),
    openStep(name, options) {
      told.push(`step ${name} ${options.exposeContext} ${options.contextKeys}`)
      return {
        complete: value => told.push(`complete ${formatValue(value)}`),
        fail: error => told.push(`fail ${formatValue(error)}`),
        abandon: tell('abandon'),
      }
    },
    openHints(meta) {
      told.push(`hints ${[...meta.keys()].join(' ')}`)
      return { close: tell('close') }
    },
    openResource: (handle, type) => ({ release: tell(`release ${formatValue(handle)} ${type}`) }),
  }
  const source = `
    (step "a" :expose-context true :context-keys ["k"] (log-step :debug 1 :x))
    (try (step "b" (throw "x")) (catch e 1))
    ^{:runtime.fast true} (+ 1 2)
    (try (with-resource [r int 5] (throw "y")) (catch e 1))
    (parallel [a 1] [b 2])
    [(get :key) (resource:ref "id") \`x#]`
  const prepared = prepare(compile(source, { program: true, closed: true }))
  expect(formatValue(prepared.run(contextOf({}, { forms })))).toBe('["value of key" "resource id" "x!"]')
  expect(told).toEqual([
    'step a true k',
    `log debug 1 :x at ${source.indexOf('(log-step')}`,
    'complete :x',
    'step b undefined undefined',
    'fail #<error: x>',
    'hints runtime.fast',
    'close',
    'release 5 undefined',
    'enter 0',
    'leave',
    'enter 1',
    'leave',
  ])
})
