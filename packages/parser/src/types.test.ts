import { describe, expect, test } from 'vitest'
import { parseType, typeFromForm } from './parse.js'
import { shape } from './parser.test-util.js'
import { printForm } from './print-form.js'
import { readForms } from './read-forms.js'
import { typeToForm } from './type-to-form.js'

const printed = (text: string) => {
  const { type, diagnostics } = parseType(text)
  return type === undefined ? diagnostics.map(item => item.code).join() : printForm(typeToForm(type))
}

describe('spellings', () => {
  test.each([
    ['int Int :int :Int', ':int'],
    ['string? :string? String? string??', '[:union :string :nil]'],
    ['number :number Number', '[:union :int :float]'],
    ['number?', '[:union [:union :int :float] :nil]'],
    ['nil :nil', ':nil'],
    ['resource-handle :resource-handle', ':resource-handle'],
    ['Point :Point', ':Point'],
    ['geo/Point :geo/Point', ':geo/Point'],
    [':com.acme:v1/T', ':com.acme:v1/T'],
    ['[:vector int] [vector :int] [Vector Int]', '[:vector :int]'],
    ['[:list :int]', '[:list :int]'],
    ['[:seq :int]', '[:seq :int]'],
    ['[:stream :int]', '[:stream :int]'],
    ['[:tuple] ', '[:tuple]'],
    ['[:tuple int :string]', '[:tuple :int :string]'],
    ['[:map [:a int] [:b string ?]] [:record [:a :int] [:b :string ?]]', '[:map [:a :int] [:b :string ?]]'],
    ['[:map {:a int "b" string}]', '[:map [:a :int] ["b" :string]]'],
    ['[:map [:a int] [:* never]]', '[:map [:a :int] [:* :never]]'],
    ['[:map]', '[:map]'],
    ['[:map-of keyword int] [:dict :keyword :int]', '[:map-of :keyword :int]'],
    ['[:=> [int & string] bool] [:fn [:int & :string] :bool]', '[:=> [:int & :string] :bool]'],
    ['[:=> [] nil]', '[:=> [] :nil]'],
    ['[:resource FileHandle] [:resource :FileHandle]', '[:resource FileHandle]'],
    ['[:union int string] [:or int string] [:one-of int string]', '[:union :int :string]'],
    ['[:and int [:> 0] [:< 10]]', '[:and :int [:> 0] [:< 10]]'],
    [
      '[:and string [:string-min-length 3] [:matches-regex "^a"]]',
      '[:and :string [:min-length 3] [:matches-regex "^a"]]',
    ],
    ['[:and [:vector int] [:non-empty] [:seq int]]', '[:and [:vector :int] [:non-empty] [:seq :int]]'],
    [
      '[:and map [:required-keys [:a "b"]] [:my/check 1]]',
      '[:and :map [:required-keys [:a "b"]] [:my/check 1]]',
    ],
    ['[:val 1]', '[:val 1]'],
    ['[:enum :a "b" 3 nil true]', '[:enum :a "b" 3 nil true]'],
    ['[:array int] ', '[:array :int]'],
    ['[:array float [3 ?]]', '[:array :float [3 ?]]'],
  ])('%s', (spellings, expected) => {
    for (const form of readForms(spellings).forms) {
      const text = printForm(form)
      expect([text, printed(text)]).toEqual([text, expected])
      // What is printed reads as the same type again.
      expect(shape(parseType(expected).type)).toEqual(shape(typeFromForm(form).type))
    }
  })
})

test.each([
  ['', 'P002'],
  ['1', 'P001'],
  ['"int"', 'P001'],
  ['(vector int)', 'P001'],
  ['{:a int}', 'P001'],
  ['[]', 'P001'],
  ['[:vectr int]', 'P001'],
  ['[:vector]', 'P002'],
  ['[:vector int int]', 'P001'],
  ['[:union]', 'P002'],
  ['[:map-of int]', 'P002'],
  ['[:=> int int]', 'P001'],
  ['[:=> [int &] int]', 'P002'],
  ['[:=> [& int int] int]', 'P001'],
  ['[:map [:a]]', 'P001'],
  ['[:map [a int]]', 'P001'],
  ['[:map [:a int x]]', 'P001'],
  ['[:map [:a int] [:a string]]', 'V001'],
  ['[:and int [:in-range 1]]', 'P002'],
  ['[:and int [:> 1 2]]', 'P001'],
  ['[:array int [a]]', 'P001'],
  ['[:resource]', 'P002'],
  ['int string', 'P003'],
  ['[:vector int', 'P008'],
])('%s is no type: %s', (text, code) => {
  const { type, diagnostics } = parseType(text)
  expect(type).toBeUndefined()
  expect(diagnostics.map(item => item.code)).toEqual([code])
})

test('a misspelt head gets a suggestion', () => {
  expect(parseType('[:vectr int]').diagnostics[0]!.hint).toBe('Did you mean :vector?')
})
