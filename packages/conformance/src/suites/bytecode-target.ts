import { defaultLimits, formatValue, isRtfsError, type Limits, Meter, type Value } from '@rtfs/core'
import type {
  BytecodeBackend,
  BytecodeExecutor,
  CompiledModule,
  CompileOptions,
  ExecutionContext,
  PreparedModule,
} from '@rtfs/interfaces'
import { lower, type Unit } from '@rtfs/ir'
import { parse } from '@rtfs/parser'
import type { Runner } from '../runner.js'

/** What is tested: both parts of one target. */
export interface BytecodeTarget {
  readonly backend: BytecodeBackend<Unit>
  readonly executor: BytecodeExecutor
}

/** Calls that every target has to cover, with what comes out and the fuel that the function spends. */
const calls: readonly (readonly [source: string, args: readonly Value[], outcome: string, fuel: number])[] = [
  ['(defn f [x] x)', [7], '7', 0],
  ['(defn f [a b] (+ a (* b 2)))', [1, 2], '5', 2],
  ['(defn f [x :int] :int (inc x))', [1], '2', 1],
  ['(defn f [x :float] :float (* x 0.5))', [3], '1.5', 1],
  ['(defn f [x :int] x)', ['a'], '! TypeValidationError', 0],
  ['(defn f [x] :int (str x))', [1], '! TypeValidationError', 1],
  ['(defn f [x] (if x :yes :no))', [null], ':no', 0],
  ['(defn f [x] (if (< x 0) :less (if (= x 0) :none :more)))', [0], ':none', 2],
  ['(defn f [a b] (and a b))', [1, null], 'nil', 0],
  ['(defn f [a b] (or a b))', [false, 2], '2', 0],
  ['(defn f [x] (let [y (+ x 1) x (* y y)] (- x y)))', [2], '6', 3],
  ['(defn f [n] (loop [i 0 sum 0] (if (= i n) sum (recur (inc i) (+ sum i)))))', [4], '6', 17],
  ['(defn f [n] (if (< n 2) n (+ (f (- n 1)) (f (- n 2)))))', [10], '55', 617],
  ['(defn f [n acc] (if (= n 0) acc (f (dec n) (+ acc n))))', [100_000, 0], '5000050000', 400_001],
  [
    '(defn g [n] (if (= n 0) :even (f (dec n)))) (defn f [n] (if (= n 0) :odd (g (dec n))))',
    [9],
    ':even',
    28,
  ],
  ['(defn f [x] (+ x 9223372036854775807))', [1], '! ArithmeticOverflow', 1],
  ['(defn f [x] (/ 1 x))', [0], '! DivisionByZero', 1],
  ['(defn f [m] (get m :a))', [null], 'nil', 1],
  ['(defn f [s] (str s "!"))', ['a'], '"a!"', 1],
  ['(defn f [x] x)', [1, 2], '! ArityMismatch', 0],
]

/** Programs of all sorts: a target gives the value or says that it does not cover the form. */
const programs: readonly (readonly [source: string, value: string])[] = [
  ['(+ 1 2)', '3'],
  ['(defn f [x] (* x x)) (f 4)', '16'],
  ['(map inc [1 2])', '[2 3]'],
  ['(let [f (fn [x] (+ x 1))] (f 1))', '2'],
  ['(let [[a & b] [1 2 3]] b)', '(2 3)'],
  ['(try (/ 1 0) (catch e :caught))', ':caught'],
  ['(match 3 1 :one _ :other)', ':other'],
  ['(for [x [1 2]] (* x x))', '[1 4]'],
  ['(def a 1) (def b (+ a 1)) b', '2'],
]

/** What every target for compiled code does, whatever it covers. */
export function bytecodeTargetSuite(runner: Runner, { backend, executor }: BytecodeTarget): void {
  const { expect } = runner
  const check = (name: string, body: () => void): void => {
    runner.test(`bytecode target ${backend.targetId}: ${name}`, async () => body())
  }

  const compile = (source: string, options: CompileOptions = {}): CompiledModule =>
    backend.compile(lower(parse(source).program).unit, options)

  const prepare = ({ bytes, imports, exports, debug }: CompiledModule): PreparedModule =>
    executor.prepare(bytes, { imports, exports: exports.map(({ exportName }) => exportName), debug })

  check('both parts are for one target', () => {
    const module = compile('(defn f [x] x)')
    expect([executor.targetId, module.targetId]).toEqual([backend.targetId, backend.targetId])
    expect([executor.abiVersion, module.abiVersion]).toEqual([backend.abiVersion, backend.abiVersion])
    expect(module.backend).toEqual({ id: backend.id, version: backend.version })
  })

  for (const [source, args, outcome, fuel] of calls) {
    check(`${source} of ${args.map(arg => formatValue(arg)).join(' ')}`, () => {
      const context = contextOf()
      const module = prepare(compile(source, { exports: ['f'] }))
      expect(outcomeOf(() => module.call('f', args, context))).toEqual(outcome)
      expect(context.meter.spentFuel).toEqual(fuel)
      expect(context.meter.depth).toEqual(defaultLimits.depth)
    })
  }

  for (const [source, value] of programs) {
    check(`${source} is ${value}, or not covered`, () => {
      const outcome = outcomeOf(() =>
        prepare(compile(source, { program: true, closed: true })).run(contextOf()),
      )
      expect(outcome === '! UnsupportedError' ? value : outcome).toEqual(value)
    })
  }

  check('what is not covered is named, with its place', () => {
    const source = '(defn f [x] (g x))'
    const error = failureOf(() => compile(source, { exports: ['f'] }))
    expect([error?.code, error?.span]).toEqual(['UnsupportedError', { start: 13, end: 14 }])
  })

  check('errors say where they are, with the table beside the code', () => {
    const source = '(defn g [x] (/ 1 x)) (defn f [x] (inc (g x)))'
    const module = compile(source, { exports: ['f'] })
    const error = failureOf(() => prepare(module).call('f', [0], contextOf()))
    expect([error?.code, error?.span]).toEqual(['DivisionByZero', { start: 12, end: 19 }])
    const without = executor.prepare(module.bytes, { imports: module.imports, exports: ['f'] })
    const other = failureOf(() => without.call('f', [0], contextOf()))
    expect([other?.code, other?.span]).toEqual(['DivisionByZero', undefined])
  })

  check('runaway code is stopped, and the next call works', () => {
    const module = prepare(
      compile('(defn f [n] (loop [i 0] (if (= i n) i (recur (inc i)))))', { exports: ['f'] }),
    )
    for (let i = 0; i < 100; i++) {
      expect(outcomeOf(() => module.call('f', [-1], contextOf({ fuel: 1000 })))).toEqual('! BudgetExhausted')
    }
    expect(outcomeOf(() => module.call('f', [3], contextOf()))).toEqual('3')
  })

  check('depth is counted', () => {
    const module = prepare(compile('(defn f [n] (if (= n 0) 0 (inc (f (dec n)))))', { exports: ['f'] }))
    expect(outcomeOf(() => module.call('f', [50], contextOf({ depth: 50 })))).toEqual('50')
    expect(outcomeOf(() => module.call('f', [51], contextOf({ depth: 50 })))).toEqual('! StackOverflow')
  })

  check('the same IR gives the same bytes', () => {
    const source = '(defn g [x] (str x 1.5 :k)) (defn f [x :int] :string (g (+ x 1)))'
    const [one, two] = [compile(source), compile(source)]
    expect([...one.bytes]).toEqual([...two.bytes])
    expect([...one.debug]).toEqual([...two.debug])
    expect(one.imports).toEqual([...one.imports].sort())
  })

  check('only what is declared is accepted', () => {
    const { bytes, imports } = compile('(defn f [x] (str x))')
    const tryPrepare = (options: { imports: readonly string[]; exports: readonly string[] }): string =>
      failureOf(() => executor.prepare(bytes, options))?.code ?? 'accepted'
    expect(tryPrepare({ imports, exports: ['f'] })).toEqual('accepted')
    expect(tryPrepare({ imports: [], exports: ['f'] })).toEqual('RTFS_MODULE_REJECTED')
    expect(tryPrepare({ imports, exports: [] })).toEqual('RTFS_MODULE_REJECTED')
    expect(tryPrepare({ imports, exports: ['f', 'g'] })).toEqual('RTFS_MODULE_REJECTED')
  })

  check('bytes that are damaged are rejected or harmless', () => {
    const { bytes, imports } = compile('(defn f [a b] (if (< a b) (str a) (+ a b)))')
    for (let length = 0; length < bytes.length; length++) {
      const cut = failureOf(() => executor.prepare(bytes.slice(0, length), { imports, exports: ['f'] }))
      // What is cut off may be names for tools.
      expect(cut === undefined || cut.code === 'RTFS_MODULE_REJECTED').toEqual(true)
    }
    for (let i = 0; i < bytes.length; i++) {
      const changed = Uint8Array.from(bytes)
      changed[i] = changed[i]! ^ 0x41
      const error = failureOf(() => executor.prepare(changed, { imports, exports: ['f'] }))
      expect(error === undefined || error.code === 'RTFS_MODULE_REJECTED').toEqual(true)
    }
  })

  check('an export that is not there, a program that is none', () => {
    const module = prepare(compile('(defn f [x] x)', { exports: ['f'] }))
    expect(failureOf(() => module.call('g', [], contextOf()))?.code).toEqual('RTFS_USAGE')
    expect(failureOf(() => module.run(contextOf()))?.code).toEqual('RTFS_USAGE')
    expect(failureOf(() => compile('(defn f [x] x)', { exports: ['g'] }))?.code).toEqual('RTFS_USAGE')
    expect(module.sizeBytes > 0).toEqual(true)
  })
}

function contextOf(limits: Partial<Limits> = {}): ExecutionContext {
  return {
    meter: new Meter({ ...defaultLimits, ...limits }, () => 0),
    taskContext: null,
    perform: () => null,
    invoke: () => null,
  }
}

function outcomeOf(run: () => Value): string {
  let value: Value = null
  const error = failureOf(() => {
    value = run()
  })
  return error === undefined ? formatValue(value) : `! ${error.code}`
}

function failureOf(run: () => unknown) {
  try {
    run()
    return undefined
  } catch (error) {
    if (isRtfsError(error)) return error
    throw error
  }
}
