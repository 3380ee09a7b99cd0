import { conforms, formatValue, RtfsError, type Type, type Value } from '@rtfs/core'
import { encodeUnit } from '@rtfs/ir'
import { parseType } from '@rtfs/parser'
import { createRuntime } from '@rtfs/runtime'
import { expect, test } from 'vitest'
import { seededNumbers, valueOfType } from './arguments.js'
import { checkProgram } from './check.js'
import { differentialCheck } from './differential.js'
import { functionsOf } from './functions.js'
import { createVerifier } from './verifier.js'
import { compileFunction, wasmBytecode } from './wasm.js'

const bytecode = wasmBytecode()

/** What the verifier says of the last function of a program, compiled from another text where one is given. */
async function verify(source: string, compiledFrom = source) {
  const unitOf = (text: string) => checkProgram(createRuntime(), text).unit!
  const fn = functionsOf(unitOf(source)).at(-1)!
  const unit = unitOf(compiledFrom)
  const compiled = compileFunction(bytecode, unit, functionsOf(unit).at(-1)!)
  const report = await createVerifier(bytecode).verify({
    name: fn.name,
    interface: fn.signature,
    interfaceHash: fn.interfaceHash,
    codeHash: fn.codeHash!,
    effects: fn.effects,
    examples: fn.examples,
    bytes: compiled.bytes,
    exportName: compiled.exports.find(each => each.name === fn.name)!.exportName,
    imports: compiled.imports,
    target: compiled.targetId,
    abi: compiled.abiVersion,
    ir: encodeUnit(unit),
    source,
  })
  return report.checks.map(({ name, passed, cases, detail }) => `${name} ${passed} ${cases}: ${detail}`)
}

test('generated cases and tests are part of the evidence', async () => {
  const source = `(defn add [a :int b :int] :int (+ a b))
(deftest adds (is (= 3 (add 1 2))))`
  const checks = await verify(source)
  expect(checks).toContain('tests ast true 1: all pass')
  expect(checks).toContain('tests ir true 1: all pass')
  expect(checks).toContain('tests wasm true 1: all pass')
  expect(checks).toContain('generated true 24: evaluator and compiled code agree')
  expect(await verify(source)).toEqual(checks)
})

test('bytes that do something else are found out without any example', async () => {
  const checks = await verify(
    '(defn f [a :int] :int (+ a 1))',
    '(defn f [a :int] :int (if (= a 7) 0 (+ a 1)))',
  )
  expect(checks.find(check => check.startsWith('generated'))).toMatch(
    /^generated false \d+: \(7\) is 8 in the evaluator, 0 compiled$/,
  )
})

test('a test of the module that fails keeps it from being signed', async () => {
  const checks = await verify('(defn f [a :int] :int a)\n(deftest wrong (is (= 2 (f 1))))')
  expect(checks.filter(check => / false /.test(check))).toHaveLength(3)
  expect(checks.some(check => check.startsWith('tests wasm false 1: wrong: '))).toBe(true)
})

test('tests of a module run in every tier, those of others do not count, those with effects are named', async () => {
  const checks = await verify(`(deftest outside (is (= 1 2)))
(module shop (:exports [total])
  (defn helper [n :int] :int (* n 2))
  (defn total [n :int] :int (helper n))
  (deftest doubles (is (= 4 (helper 2))) (is (= 6 (total 3))))
  (deftest asks (is (= 1 (call :shop.price 1)))))`)
  for (const tier of ['ast', 'ir', 'wasm'])
    expect(checks).toContain(`tests ${tier} true 1: all pass; 1 need effects and were not run`)
})

test.each([
  ['a loop without end', '(defn f [a :int] :int (loop [i a] (recur (+ i 1))))'],
  ['an error for some', '(defn f [a :int b :int] :int (quot a b))'],
  ['collections', '(defn f [xs :[:vector :string]] :int\n  (count xs))'],
  ['maps and unions', '(defn f [m :[:map [:a :int] [:b [:union :string :nil]]]] :any (get m :b))'],
])('evaluator and bytes agree: %s', async (_, source) => {
  const checks = await verify(source)
  const generated = checks.find(check => check.startsWith('generated'))
  expect(generated).toMatch(/^generated true ([1-9]\d*): evaluator and compiled code agree/)
})

test.each([
  '[:map [:a :int] [:b :string ?]]',
  '[:vector [:tuple :int :float]]',
  '[:union :nil [:map-of :string :bool]]',
  '[:enum :a :b]',
  '[:and :int [:> 3]]',
  ':any',
])('values of %s are of that type', text => {
  const { type, diagnostics } = parseType(text)
  expect(diagnostics).toEqual([])
  const random = seededNumbers('seed')
  const values = Array.from({ length: 50 }, () => valueOfType(type as Type, random))
  const texts = values.filter(value => value !== undefined).map(value => formatValue(value))
  expect(texts.length).toBeGreaterThan(10)
  for (const value of values) if (value !== undefined) expect(conforms(value, type as Type)).toBe(true)
  const again = seededNumbers('seed')
  expect(
    values
      .map(() => valueOfType(type as Type, again))
      .filter(value => value !== undefined)
      .map(value => formatValue(value as Value)),
  ).toEqual(texts)
})

test('functions as arguments are not made, and that is said', async () => {
  const call = () => {
    throw new RtfsError('RTFS_USAGE', 'is not called')
  }
  const check = await differentialCheck('[:=> [[:=> [:int] :int]] :int]', 'ab', call, call)
  expect(check).toMatchObject({ passed: true, cases: 0, detail: 'no arguments of these types can be made' })
})
