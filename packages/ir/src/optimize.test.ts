import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type OptimizeLevel, optimize, placeOf } from './index.js'
import { briefForms, requireVerified, samples, unitOf } from './programs.test-util.js'
import { plainName, programs } from './random-programs.test-util.js'

function optimized(text: string, level: OptimizeLevel = 'basic'): string {
  const unit = optimize(unitOf(text), level)
  requireVerified(unit, text)
  return briefForms(unit)
}

describe('constant folding', () => {
  test.each([
    ['(+ 1 2)', '(charge units=1 body=3)'],
    ['(+ 1 (* 2 3))', '(charge units=1 body=(charge units=1 body=7))'],
    ['(/ 7 2)', '(charge units=1 body=3.5)'],
    ['(= 1 1.0)', '(charge units=1 body=false)'],
    ['(not nil)', '(charge units=1 body=true)'],
    ['(let [x 2] (fn [] (+ x 1)))', '(lambda#1 body=[(charge units=1 body=3)])'],
    // What raises is for the run to raise; what is accounted is for the run to account.
    ['(/ 1 0)', '(call / 1 0)'],
    ['(+ 9223372036854775807 1)', '(call + 9223372036854775807 1)'],
    ['(+ 1 "a")', '(call + 1 "a")'],
    ['(inc)', '(call inc)'],
    ['(str "a" 1)', '(call str "a" 1)'],
    ['(vector 1 2)', '(call vector 1 2)'],
    ['(current-time)', '(call current-time)'],
    ['(rtfs.task/current)', '(call rtfs.task/current)'],
    [
      '(fn [inc] (inc 1))',
      '(lambda#1 params=[{pattern={bind variable=inc.2} path="fn/param inc"}] body=[(tail-call inc.2 1)])',
    ],
    ['(is (= (+ 1 1) 3))', '(is form=(call = (charge units=1 body=2) 3) equality=true text="(= (+ 1 1) 3)")'],
  ])('%s', (text, expected) => expect(optimized(text)).toBe(expected))
})

describe('control flow', () => {
  test.each([
    ['(if true (str 1) (str 2))', '(call str 1)'],
    ['(if nil 1)', 'nil'],
    ['(if (< 1 2) (str 1) 2)', '(charge units=1 body=(call str 1))'],
    ['(and 1 (str 2))', '(call str 2)'],
    ['(and (str 1) nil (str 2))', '(and operands=[(call str 1) nil])'],
    ['(and (str 1) 2)', '(and operands=[(call str 1) 2])'],
    ['(or nil (str 2))', '(call str 2)'],
    ['(or false 1 (str 2))', '1'],
    ['(and)', '(and)'],
    ['(do 1 (do (str 2) :k) (str 3))', '(do body=[(call str 2) (call str 3)])'],
    ['(do (+ 1 2) (str 3))', '(charge units=1 body=(call str 3))'],
    ['(do (inc nil) 1)', '(do body=[(call inc nil) 1])'],
    ['(do nope 1)', '(do body=[?nope 1])'],
    ['(dotimes [i (do 1 x)] i)', '(dotimes variable=i.1 count=(do body=[?x]) body=[i.1])'],
    // What a for goes through stands where the call stood that it was.
    [
      '(for [s (not (min 0))] s)',
      '(for clauses=[{for-binding pattern={bind variable=s.1} collection=(do body=[(charge units=1 body=(charge units=1 body=false))])}] body=[s.1])',
    ],
    ['(do [1] 1)', '(do body=[(vector elements=[1]) 1])'],
    [
      '(let [a 1 b (str 2) c (fn [] 3)] b)',
      '(let bindings=[{pattern={bind variable=b.1} init=(call str 2)}] body=[b.1])',
    ],
    ['(let [a (+ 1 2)] 5)', '(charge units=1 body=5)'],
    ['(let [a 1] (def b a) b)', '(let body=[(def name="b" variable=b.1! init=1) b.1] declares=[b.1!])'],
    [
      '(let [x 1 f (fn [y] (fn [] y))] (f 2))',
      '(let bindings=[{pattern={bind variable=f.1!} init=(lambda#2 params=[{pattern={bind variable=y.3} path="fn/param y"}] body=[(lambda#4 body=[y.3] captures=[y.3])])}] body=[(call f.1 2)])',
    ],
    // Reading the cell of a function further on would fail; so does leaving it out have to be noticed.
    [
      '(let [f (fn [] (do g 1)) g (fn [] 2)] (f))',
      '(let bindings=[{pattern={bind variable=f.1!} init=(lambda#2 body=[g.3 1] captures=[g.3!])} {pattern={bind variable=g.3!} init=(lambda#4 body=[2])}] body=[(call f.1)])',
    ],
  ])('%s', (text, expected) => expect(optimized(text)).toBe(expected))
})

describe('dead code', () => {
  test.each([
    [
      '(match (str 1) x x "a" 1)',
      '(match subject=(call str 1) clauses=[{pattern={match-bind variable=x.1} body=x.1}])',
    ],
    [
      '(match (str 1) x when (nope) x "a" 1)',
      '(match subject=(call str 1) clauses=[{pattern={match-bind variable=x.1} guard=(call ?nope) body=x.1} {pattern={match-literal value="a"} body=1}])',
    ],
    [
      '(module m (:exports [f]) (defn g [] 1) (defn f [] 2))',
      '(module name="m" exports=["f"] body=[(def name="f" init=(lambda#1 name="f" body=[2]))] globals=["f"])',
    ],
    [
      '(module m (:exports [f]) (defn g [] 1) (defn f [] (g)))',
      '(module name="m" exports=["f"] body=[(def name="g" init=(lambda#1 name="g" body=[1])) (def name="f" init=(lambda#2 name="f" body=[(tail-call @g)]))] globals=["g" "f"])',
    ],
    [
      '(module m (defn g [] 1) (defn f [] 2))',
      '(module name="m" body=[(def name="g" init=(lambda#1 name="g" body=[1])) (def name="f" init=(lambda#2 name="f" body=[2]))] globals=["g" "f"])',
    ],
    ['(defn g [] 1) 2', '(def name="g" init=(lambda#1 name="g" body=[1])) 2'],
  ])('%s', (text, expected) => expect(optimized(text)).toBe(expected))
})

describe('checks that inference proves', () => {
  test.each([
    [
      '(let [x :int (str 1)] x)',
      '(let bindings=[{pattern={bind variable=x.1} init=(cast value=(call str 1) target=int path="let x")}] body=[x.1])',
    ],
    [
      '(let [x :string (str 1)] x)',
      '(let bindings=[{pattern={bind variable=x.1} init=(call str 1)}] body=[x.1])',
    ],
    [
      '(fn [x] (the float (count x)))',
      '(lambda#1 params=[{pattern={bind variable=x.2} path="fn/param x"}] body=[(cast value=(call count x.2) target=float path="the")])',
    ],
    ['(the [:vector int] (vector 1))', '(cast value=(call vector 1) target={vector element=int} path="the")'],
    [
      '(fn [x] (the string (str x)))',
      '(lambda#1 params=[{pattern={bind variable=x.2} path="fn/param x"}] body=[(call str x.2)])',
    ],
  ])('%s', (text, expected) => expect(optimized(text, 'aggressive')).toBe(expected))
})

test.each(samples)('every level keeps units well formed: %s', text => {
  const unit = unitOf(text)
  expect(optimize(unit, 'none')).toBe(unit)
  for (const level of ['basic', 'aggressive'] as const) {
    const once = optimize(unit, level)
    requireVerified(once, text)
    expect(optimize(once, level)).toEqual(once)
  }
})

test('random programs stay well formed', () => {
  fc.assert(
    fc.property(programs, program => {
      const text = program.render(plainName, ' ')
      const unit = unitOf(text)
      for (const level of ['basic', 'aggressive'] as const) requireVerified(optimize(unit, level), text)
    }),
    { numRuns: 100, seed: 20262 },
  )
})

test.each(['(not (min 0))', '(or false)', '(and (+ 1 2))', '(if true (or (not 1)) 2)', '(do (inc 1))'])(
  'an error about %s is told there, whatever is left of it',
  text => {
    for (const level of ['none', 'basic', 'aggressive'] as const) {
      const [form] = optimize(unitOf(`(for [x ${text}] x)`), level).forms
      const [clause] = form?.kind === 'for' ? form.clauses : []
      const place = clause?.kind === 'for-binding' ? placeOf(clause.collection) : undefined
      expect(place).toEqual({ start: 8, end: 8 + text.length })
    }
  },
)
