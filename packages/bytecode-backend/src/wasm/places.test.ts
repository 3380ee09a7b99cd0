import { isRtfsError } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import { compile, contextOf, executor, prepare, run } from '../programs.test-util.js'

describe('an error is reported where the interpreters report it', () => {
  test.each([
    // The call, for what library functions raise.
    ['(+ 1 "a")', '! TypeError at 0-9'],
    ['(let [a 9223372036854775807] (+ a 1))', '! ArithmeticOverflow at 29-36'],
    ['(let [a 1] (/ a 0))', '! DivisionByZero at 11-18'],
    ['(let [x [1]] (nth x 5))', '! IndexOutOfBounds at 13-22'],
    ['((fn [x] x))', '! ArityMismatch at 0-12'],
    ['(count)', '! ArityMismatch at 0-7'],
    ['(let [f 3] (f))', '! NotCallable at 11-14'],
    ['(:a 5)', '! TypeError at 0-6'],
    // A callback: the call of the library function.
    ['(map (fn [x y] x) [1])', '! ArityMismatch at 0-22'],
    ['(map (fn [x] (/ 1 x)) [0])', '! DivisionByZero at 13-20'],
    // Parameters: the call; results: the annotation.
    ['(defn f [a :int] a) (f "s")', '! TypeValidationError at 20-27'],
    ['(defn f [a :int] a) (map f ["s"])', '! TypeValidationError at 20-33'],
    ['(defn f [a :int] a) (let [g f] (g "s"))', '! TypeValidationError at 31-38'],
    ['(defn f [a] :int a) (f "s")', '! TypeValidationError at 12-16'],
    ['(defn f [[a] b :int] a) (f [1] "s")', '! TypeValidationError at 24-35'],
    ['(defn f [[a] b :int] a) (f 5 "s")', '! TypeError at 9-12'],
    // Names, patterns, forms.
    ['(+ 1 nope)', '! UndefinedSymbol at 5-9'],
    ['(f 1) (defn f [x] x)', '! UndefinedSymbol at 1-2'],
    ['(let [x:int "s"] x)', '! TypeValidationError at 12-15'],
    ['(let [[a] 5] a)', '! TypeError at 6-9'],
    ['(let [{:keys [a]} 5] a)', '! TypeError at 6-17'],
    ['(match 5 10 1)', '! MatchError at 0-14'],
    ['(throw "x")', '! ApplicationError at 0-11'],
    ['{:a 1 [] 2}', '! TypeError at 6-8'],
    ['(for [x 5] x)', '! TypeError at 8-9'],
    ['(dotimes [i "x"] i)', '! TypeError at 12-15'],
    ['(the :int "x")', '! TypeValidationError at 0-14'],
    ['(is (= 1 2))', '! ApplicationError at 0-12'],
    ['(call :x)', '! SecurityViolation at 0-9'],
    ['`(~@5)', '! InvalidProgram at 4-5'],
  ])('%s', (source, expected) => expect(run(source, {}, true)).toBe(expected))
})

test('an error that is raised again keeps its place', () => {
  expect(run('(try (/ 1 0) (finally 1))', {}, true)).toBe('! DivisionByZero at 5-12')
  expect(run('(try (/ 1 0) (catch e (throw e)))', {}, true)).toBe('! DivisionByZero at 22-31')
})

test('messages and details are those of the interpreters', () => {
  const source = '(defn f [a :int] a) (try (f "s") (catch e [(:message e) (:details e)]))'
  expect(run(source)).toContain('Type validation error: f/param a: expected :int, got string')
  expect(run('(try (+ 9223372036854775807 1) (catch e [(:message e) (:type e) (:details e)]))')).toBe(
    '["Integer overflow in +" :error/arithmetic {:operation "+"}]',
  )
  expect(run('(try ((fn name [x & y] x)) (catch e (:message e)))')).toBe(
    '"Arity mismatch in name: expected at least 1, got 0"',
  )
})

test('without a table errors have no place, and are the same otherwise', () => {
  const { bytes, imports } = compile('(defn f [x] (/ x 0))')
  const prepared = executor.prepare(bytes, { imports, exports: ['f'] })
  const error = failureOf(() => prepared.call('f', [1], contextOf()))
  expect(isRtfsError(error, 'DivisionByZero') && error.span === undefined).toBe(true)
})

test('a table that cannot be read is no table', () => {
  const { bytes, imports } = compile('(defn f [x] (/ x 0))')
  const prepared = executor.prepare(bytes, { imports, exports: ['f'], debug: Uint8Array.of(9, 9, 9) })
  expect(
    isRtfsError(
      failureOf(() => prepared.call('f', [1], contextOf())),
      'DivisionByZero',
    ),
  ).toBe(true)
})

test('every error has an object of its own', () => {
  const prepared = prepare(compile('(defn f [x] (/ x 0))'))
  const [first, second] = [1, 2].map(() => failureOf(() => prepared.call('f', [1], contextOf())))
  expect(first).not.toBe(second)
})

function failureOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
