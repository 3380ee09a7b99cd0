import { defaultLimits, type Limits } from '@rtfs/core'
import { parse } from '@rtfs/parser'
import { describe, expect, test } from 'vitest'
import { pureServices } from '../host/pure-services.js'
import { UnitFrame } from '../shared/environment.js'
import { failure, outcome } from './evaluator.test-util.js'
import { evaluateProgram } from './program.js'

function fuelOf(text: string): number {
  const services = pureServices({ limits: defaultLimits })
  evaluateProgram(parse(text).program, new UnitFrame(), services)
  return services.meter.spentFuel
}

/** The rows of `shared/charges.ts`. */
test.each([
  ['1', 0],
  ['(if (let [x 1] x) (do 2) 3)', 0],
  ['(inc 1)', 1],
  ['(:k {:k 1})', 1],
  ['((fn [x] x) 1)', 1],
  ['((fn [x :int] x) 1)', 1],
  ['((fn [x :float] :float x) 1)', 1],
  ['((fn [x] (inc x)) 1)', 2],
  ['(map inc [1 2 3])', 1 + 3 + 3],
  ['(loop [i 0] (if (= i 2) i (recur (inc i))))', 3 + 2 + 2],
  ['(dotimes [i 3] nil)', 3],
  ['(for [x [1 2 3]] x)', 3],
  ['(for [x [1 2] y [1 2]] x)', 2 + 4],
  ['((fn [& r] r) 1 2)', 1 + 2],
  ['(let [[a & r] [1 2 3]] r)', 2],
  ['(let [{:keys [a] & r} {:a 1 :b 2}] r)', 2],
  ['`(a ~@[1 2])', 1 + 2],
  ['(match 1 1 :one)', 0],
])('fuel of %s', (program, fuel) => expect(fuelOf(program)).toBe(fuel))

test('a check of a collection costs by its elements, a check of a plain type nothing', () => {
  const check = (size: number) => fuelOf(`(let [v (vec (range ${size}))] (the [:vector :int] v))`)
  expect(check(300) - check(200)).toBeGreaterThanOrEqual(2 * 100)
})

describe('budgets', () => {
  const endless = '(loop [i 0] (recur (inc i)))'
  test.each<[string, Partial<Limits>, string]>([
    [endless, { fuel: 1000 }, 'BudgetExhausted in (inc i)'],
    [endless, { fuel: 1001 }, 'BudgetExhausted in (recur (inc i))'],
    ['(defn f [] (f)) (f)', { fuel: 1000 }, 'BudgetExhausted in (f)'],
    [`(try ${endless} (catch e 1) (finally 2))`, { fuel: 1000 }, 'BudgetExhausted in (inc i)'],
    ['(dotimes [i 5000] nil)', { fuel: 1000 }, 'BudgetExhausted in (dotimes [i 5000] nil)'],
    ['(for [x (range 500)] x)', { fuel: 700 }, 'BudgetExhausted in (range 500)'],
    ['(range 1000)', { collectionSize: 999 }, 'BudgetExhausted in (range 1000)'],
    ['(try (range 1000) (catch BudgetExhausted e :caught))', { collectionSize: 999 }, ':caught'],
    ['(step-loop true 1)', { loopIterations: 10 }, 'BudgetExhausted in (step-loop true 1)'],
    ['(try (step-loop true 1) (catch BudgetExhausted e :caught))', {}, ':caught'],
    ['(loop [v []] (recur (conj v v)))', { allocBytes: 1000 }, 'BudgetExhausted in (conj v v)'],
    ['(loop [v 1] (recur [v v v]))', { allocBytes: 1000 }, 'BudgetExhausted in [v v v]'],
  ])('%s', (program, limits, expected) => expect(failure(program, limits)).toBe(expected))

  test('time is noticed between two looks at the clock', () => {
    const start = performance.now()
    expect(outcome(endless, { deadlineMs: 50 })).toBe('! BudgetExhausted')
    expect(performance.now() - start).toBeLessThan(2000)
  })

  test('spent fuel is not given back by a caught error', () => {
    const program = '(defn f [n] (if (= n 0) :done (do (try (nth [] 1) (catch e 1)) (f (- n 1))))) (f 100)'
    expect(fuelOf(program)).toBeGreaterThan(300)
  })
})
