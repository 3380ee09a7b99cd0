import { expect, test } from 'vitest'
import { outcome } from './library.test-util.js'

test.each([
  ['(apply + [1 2])', '3'],
  ["(apply max 1 '(3 2))", '3'],
  ['(apply str 1 2 nil)', '"12"'],
  ['(apply :a [{:a 1}])', '1'],
  ['(apply + "ab")', '! TypeError'],
  ['(apply +)', '! ArityMismatch'],
  ['(apply 5 [])', '! NotCallable'],
  ['(apply inc [1 2])', '! ArityMismatch'],
  ['((constantly nil))', 'nil'],
  ['(map (constantly 1) "ab")', '[1 1]'],
  ['((comp inc count) "ab")', '3'],
  ['((comp :a :b) {:b {:a 1}})', '1'],
  ['((comp) 1 2)', '! ArityMismatch'],
  ['((comp inc 5) 1)', '! NotCallable'],
  ['((comp inc +) 1 2 3)', '7'],
  ['((partial str "a"))', '"a"'],
  ['((partial inc 1) 2)', '! ArityMismatch'],
  ['((partial get {:a 1}) :a)', '1'],
  ['((complement identity) nil)', 'true'],
  ['((complement <) 1 2)', 'false'],
  ['(fn? (comp inc))', 'true'],
  ['(str (partial inc))', '"#<function>"'],
  ['(= (partial inc) (partial inc))', 'false'],
  ['(reduce (comp inc +) 0 [1 2])', '5'],
])('%s => %s', (source, expected) => expect(outcome(source)).toBe(expected))
