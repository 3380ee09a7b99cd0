import { expect, test } from 'vitest'
import { outcome } from './library.test-util.js'

test.each([
  ['(conj [1])', '[1]'],
  ['(conj nil)', '[]'],
  ["(conj '(1) 2)", '(2 1)'],
  ['(conj {:a 1} {:b 2} nil)', '! TypeError'],
  ['(conj {:a 1} {:a 2} [:b 3])', '{:a 2 :b 3}'],
  ['(conj {} :a 1 :b)', '! TypeError'],
  ['(conj {} [1.5 2])', '! TypeError'],
  ['(conj "a" "b")', '! TypeError'],
  ['(conj 5)', '! TypeError'],
  ['(cons 1 [])', '[1]'],
  ['(cons 1 {:a 1})', '[1 [:a 1]]'],
  ['(cons 1 2)', '! TypeError'],
  ['(concat {:a 1} "b" [2])', '[[:a 1] "b" 2]'],
  ['(concat nil nil)', '[]'],
])('adding: %s => %s', (source, expected) => expect(outcome(source)).toBe(expected))

test.each([
  ['(assoc {:a 1} :a 2)', '{:a 2}'],
  ['(assoc {:a 1 :b 2} :a 9)', '{:a 9 :b 2}'],
  ['(assoc [] 0 1)', '[1]'],
  ['(assoc [1] 1 2 2 3)', '[1 2 3]'],
  ['(assoc [1] -1 2)', '! IndexOutOfBounds'],
  ['(assoc [1] :a 2)', '! TypeError'],
  ["(assoc '(1 2) 1 9)", '(1 9)'],
  ["(assoc '(1) 1 2)", '(1 2)'],
  ['(assoc {} 1.5 2)', '! TypeError'],
  ['(assoc "a" 0 "b")', '! TypeError'],
  ['(assoc {} :a 1 :b)', '! ArityMismatch'],
  ['(assoc-in nil [:a :b] 1)', '{:a {:b 1}}'],
  ['(assoc-in {:a {:b 1 :c 2}} [:a :b] 9)', '{:a {:b 9 :c 2}}'],
  ['(assoc-in [[1]] [0 0] 2)', '[[2]]'],
  ['(assoc-in [] [0 :a] 2)', '[{:a 2}]'],
  ['(assoc-in [] [1 :a] 2)', '! IndexOutOfBounds'],
  ['(assoc-in {:a 1} [:a :b] 2)', '! TypeError'],
  ['(assoc-in {} :a 2)', '! TypeError'],
  ['(dissoc nil :a)', '{}'],
  ['(dissoc {:a 1})', '{:a 1}'],
  ['(dissoc {:a 1} 1.5)', '! TypeError'],
  ['(dissoc [1] 0)', '! TypeError'],
])('setting and removing: %s => %s', (source, expected) => expect(outcome(source)).toBe(expected))

test.each([
  ['(update {:a 1} :b (fn [x] x))', '{:a 1 :b nil}'],
  ['(update nil :a (fn [x] 1))', '{:a 1}'],
  ["(update '(1 2) 0 inc)", '(2 2)'],
  ['(update [1] 1 inc)', '! IndexOutOfBounds'],
  ['(update {:a 1} :a "inc")', '! NotCallable'],
  ['(update {:a {:b 2}} :a :b)', '{:a 2}'],
  ['(update {:a 1} 1.5 inc)', '! TypeError'],
  ['(update 5 :a inc)', '! TypeError'],
  ['(update {:a "x"} :a inc)', '! TypeError'],
  ['(update-in {:a [1 2]} [:a 1] + 10)', '{:a [1 12]}'],
  ['(update-in nil [:a] (fn [x] x))', '{:a nil}'],
  ['(update-in {} [] inc)', '! InvalidArgument'],
  ['(update-in [1] [0] inc)', '[2]'],
])('updating: %s => %s', (source, expected) => expect(outcome(source)).toBe(expected))

test.each([
  ['(merge nil)', '{}'],
  ['(merge {:a 1 :b 2} {:b 3} {:c 4 :a 5})', '{:a 5 :b 3 :c 4}'],
  ['(merge {:a 1} [1])', '! TypeError'],
  ['(select-keys {:a 1 :b nil} [:b :c :a])', '{:b nil :a 1}'],
  ['(select-keys nil [:a])', '{}'],
  ['(select-keys {:a 1} nil)', '{}'],
  ['(select-keys {:a 1} [1.5])', '! TypeError'],
  ['(select-keys {:a 1} "a")', '! TypeError'],
])('whole maps: %s => %s', (source, expected) => expect(outcome(source)).toBe(expected))
