import { types } from '@rtfs/core'
import { parse } from '@rtfs/parser'
import { describe, expect, test } from 'vitest'
import {
  checkEffects,
  type EffectOptions,
  functionInterface,
  inferEffects,
  interfaceHash,
  interfaceHashV1,
  moduleInterfaceHash,
  typeAliases,
} from './index.js'
import { unitOf } from './programs.test-util.js'

/** The interface of the first definition of a program. */
function interfaceOf(text: string): ReturnType<typeof functionInterface> {
  const unit = unitOf(text)
  for (const form of unit.forms) {
    if (form.kind === 'def' && form.init.kind === 'lambda') {
      return functionInterface(form.init, inferEffects(unit).get(form.name)!, typeAliases(unit))
    }
  }
  throw new Error('no function')
}

describe('signatures', () => {
  test.each([
    ['(defn f [a b] a)', '[:=> [:any :any] :any]'],
    ['(defn f [a :float b :int?] :string a)', '[:=> [:float [:union :int :nil]] :string]'],
    ['(defn f [a & r :int] a)', '[:=> [:any & :int] :any]'],
    ['(defn f [a :[:or Int nil]] a)', '[:=> [[:union :int :nil]] :any]'],
    ['(deftype N int) (defn f [a :N] a)', '[:=> [:int] :any]'],
    ['(defstruct P :x :float) (defn f [a :P] a)', '[:=> [[:map [:x :float]]] :any]'],
    ['(defn f [a :Unknown] a)', '[:=> [:Unknown] :any]'],
    ['(defn f [a :[:map [:b int] [:a int ?]]] a)', '[:=> [[:map [:a :int ?] [:b :int]]] :any]'],
    ['(defn f "d" ^:delegation :l4 [a :float] :float)', '[:=> [:float] :float]'],
  ])('%s', (text, signature) => expect(interfaceOf(text).signature).toBe(signature))

  test('the parsed function has the interface of the lowered one', () => {
    const text = '(defn f [a :float & r :int] :string "x")'
    const [form] = parse(text).program.forms
    if (form?.kind !== 'defn') throw new Error('no function')
    expect(functionInterface(form.fn, [])).toEqual(interfaceOf(text))
  })
})

describe('the interface hash', () => {
  test.each([
    ['no name', '(defn f [a :int] :int a)', '(defn g [b :int] :int 7)'],
    ['spelling', '(defn f [a :int?] a)', '(defn f [a :[:union nil :int]] a)'],
    ['alias', '(deftype N int) (defn f [a :N] a)', '(defn f [a :int] a)'],
  ])('does not depend on: %s', (_, a, b) => expect(interfaceOf(a).hash).toBe(interfaceOf(b).hash))

  test.each([
    ['types', '(defn f [a :int] a)', '(defn f [a :float] a)'],
    ['result', '(defn f [a] :int a)', '(defn f [a] a)'],
    ['variadic', '(defn f [a] a)', '(defn f [& a] a)'],
    ['effects', '(defn f [a] a)', '(defn f [a] (println a))'],
    ['which effects', '(defn f [a] (print a))', '(defn f [a] (println a))'],
  ])('depends on: %s', (_, a, b) => expect(interfaceOf(a).hash).not.toBe(interfaceOf(b).hash))

  test('effects are a set, and cannot be confused with one another', () => {
    const type = types.fn([types.int], undefined, types.int)
    expect(interfaceHash(type, ['b', 'a', 'b'])).toBe(interfaceHash(type, ['a', 'b']))
    expect(interfaceHash(type, ['a\nb'])).not.toBe(interfaceHash(type, ['a', 'b']))
  })

  test('it is what it was', () => {
    const type = types.fn([types.float, types.float], undefined, types.float)
    expect(interfaceHash(type, [])).toBe(
      'sha256:87f488dcd1cf8047261983e2ac0d003e69033a5163add1ba1c18a364139ad51d',
    )
    expect(moduleInterfaceHash([{ name: 'f', type }])).toBe(
      'sha256:904c27c992f5c0725afa591b917e0cb574920f8a1219aac82f00923e21474117',
    )
    // SHA-256 of `add::sub`.
    expect(interfaceHashV1(['sub', 'add'])).toBe(
      '0d12724fb91aacef78e8bfe39f142733fcd085a95d3341b5d0f47a6529b6b60f',
    )
  })

  test('of a module: sorted, with names', () => {
    const [f, g] = [
      { name: 'f', type: types.int },
      { name: 'g', type: types.float },
    ]
    expect(moduleInterfaceHash([f, g])).toBe(moduleInterfaceHash([g, f]))
    expect(moduleInterfaceHash([f, g])).not.toBe(moduleInterfaceHash([f, { ...g, name: 'h' }]))
  })
})

describe('effects', () => {
  const effectsOf = (text: string, options?: EffectOptions): readonly string[] | undefined =>
    inferEffects(unitOf(text), options).get('f')
  test.each([
    ['none', '(defn f [x] (+ x 1))', []],
    ['a capability', '(defn f [] (call :a.b 1))', ['a.b']],
    ['as string', '(defn f [] [(call "x.y") (call ":a.b")])', ['a.b', 'x.y']],
    ['one that only the run tells', '(defn f [c] (call c))', [':unknown']],
    [
      'library functions',
      '(defn f [] (println 1) (current-time))',
      ['ccos.io.println', 'ccos.system.current-time'],
    ],
    ['as values', '(defn f [xs] (map println xs))', ['ccos.io.println']],
    ['through other functions', '(defn g [] (h)) (defn h [] (call :a)) (defn f [] (g))', ['a']],
    ['through mutual recursion', '(defn f [n] (g n)) (defn g [n] (h n)) (defn h [n] (f n) (call :a))', ['a']],
    ['inside inner functions', '(defn f [] (fn [] (call :a)))', ['a']],
    ['of a constant that is used', '(def k (call :a)) (defn f [] k)', ['a']],
    ['of others', '(defn g [] (call :a)) (defn f [] 1)', []],
    ['llm-execute', '(defn f [] (llm-execute "m" "p"))', ['ccos.ai.llm-execute']],
    ['agents', '(defn f [] (discover-agents {:limit 1}))', ['ccos.agent.discover-agents']],
    ['a model', '(defn f ^:delegation :remote "m1" [q] q)', ['model-call:m1']],
    ['an unknown name', '(defn f [] (nope))', [':unknown']],
    ['another module', '(import m) (defn f [] (m/g))', [':unknown']],
    ['a module of the unit', '(module m (defn g [] (call :a))) (import m) (defn f [] (m/g))', ['a']],
    [
      'declared ones stand for unknown ones',
      '(defn f ^{:effects ["a" :b]} [c] (call :d) (call c))',
      ['a', 'b', 'd'],
    ],
    ['declared ones that are not there', '(defn f ^{:effects ["a"]} [] 1)', []],
  ])('%s', (_, text, expected) => expect(effectsOf(text)).toEqual(expected))

  test('of another module that the caller knows', () => {
    const moduleEffects = (module: string, name: string): readonly string[] => [`${module}.${name}`]
    expect(effectsOf('(import m) (defn f [] (m/g))', { moduleEffects })).toEqual(['m.g'])
  })

  test('beyond what is declared', () => {
    const found = checkEffects(
      unitOf('(defn f ^{:effects ["a"]} [] (call :a) (call :b)) (defn g [] (call :c))'),
    )
    expect(found.map(each => each.message)).toEqual(['f may perform b, which its :effects do not allow'])
  })
})
