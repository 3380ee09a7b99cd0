import { expect, test } from 'vitest'
import { checkTypes } from './index.js'
import { samples, unitOf } from './programs.test-util.js'

test.each([
  [
    '(+ 1 "a")',
    ['FunctionCallTypeMismatch: Argument 2 of + must be [:union :float :int], but this is :string'],
  ],
  ['(inc)', ['ArityMismatch: inc takes 1 arguments, not 0']],
  ['(str 1 2 3)', []],
  ['(substring "abc" 1 2 3)', ['ArityMismatch: substring takes between 2 and 3 arguments, not 4']],
  ['(1 2)', ['NonFunctionCalled: A :int cannot be called']],
  ['(:a {:a 1})', []],
  ['({:a 1} :a)', ['NonFunctionCalled: A [:map [:a :int]] cannot be called']],
  [
    '(defn f [x :int] x) (f "a")',
    ['FunctionCallTypeMismatch: Argument 1 of f must be :int, but this is :string'],
  ],
  ['(defn f [x :int] x) (f)', ['ArityMismatch: f takes 1 arguments, not 0']],
  ['(defn f [x & r :int] x) (f)', ['ArityMismatch: f takes at least 1 arguments, not 0']],
  [
    '(defn f [x & r :int] x) (f 1 2 "a")',
    ['FunctionCallTypeMismatch: Argument 3 of f must be :int, but this is :string'],
  ],
  ['(let [x :int "s"] x)', ['TypeMismatch: let x must be :int, but this is :string']],
  ['(defn f [] :int "s")', ['TypeMismatch: f/return must be :int, but this is :string']],
  [
    '(the [:map [:a int]] {:a "x"})',
    ['TypeMismatch: the must be [:map [:a :int]], but this is [:map [:a :string]]'],
  ],
  // Nothing is said where a value could do.
  ['(let [x :float 1] x)', []],
  ['(defn f [x] (+ x 1)) (f "a")', []],
  ['(let [x :int (if true 1 "a")] x)', []],
  ['(let [x :int (throw "x")] x)', []],
  ['(the [:vector int] [])', []],
  ['(count nil)', []],
  ['(deftype Pos [:and int [:> 0]]) (the Pos "a")', ['TypeMismatch: the must be :Pos, but this is :string']],
  ['(the Unknown 1)', []],
  ['(undefined-name 1)', []],
])('%s', (text, expected) => {
  expect(checkTypes(unitOf(text)).map(({ code, message }) => `${code}: ${message}`)).toEqual(expected)
})

test('warnings become errors in strict mode', () => {
  const unit = unitOf('(+ 1 "a")')
  expect(checkTypes(unit).map(each => each.severity)).toEqual(['warning'])
  expect(checkTypes(unit, { strict: true }).map(each => each.severity)).toEqual(['error'])
})

test('the sample programs have no conflicts', () => {
  for (const text of samples) expect(checkTypes(unitOf(text)), text).toEqual([])
})
