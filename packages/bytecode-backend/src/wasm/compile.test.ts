import { isRtfsError } from '@rtfs/core'
import { lower, optimize } from '@rtfs/ir'
import { parse } from '@rtfs/parser'
import { describe, expect, test } from 'vitest'
import { emitWat } from '../index.js'
import { assembleWat, backend, compile, contextOf, outcomeOf, prepare } from '../programs.test-util.js'
import { readInstructions, readModule } from './executor/module-reader.js'

const program = `
  (defn fib [n] (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
  (defn area "Area." [w :float h :float] :float (* w h))
  (defn names [people] (map (fn [{:keys [name]}] (str "<" name ">")) people))
  (defn safe [f] (try (f) (catch DivisionByZero e :none) (finally (count []))))`

test('the same IR gives the same bytes, whatever was compiled before', () => {
  const first = compile(program)
  compile('(defn other [x] (str x "something else" :entirely))')
  const second = compile(program)
  expect(second.bytes).toEqual(first.bytes)
  expect(second.debug).toEqual(first.debug)
  expect(second.imports).toEqual(first.imports)
})

test('spans are beside the code, not in it', () => {
  const moved = compile(`; a comment\n\n${program.replaceAll('  ', '    ')}`)
  expect(moved.bytes).toEqual(compile(program).bytes)
  expect(moved.debug).not.toEqual(compile(program).debug)
})

test('what is compiled says what it is', () => {
  const { targetId, abiVersion, exports, imports, backend: by } = compile(program)
  expect([targetId, abiVersion, by]).toEqual(['wasm32-rtfs', '2', { id: 'rtfs-wasm', version: '1' }])
  expect(exports).toEqual([
    { name: 'fib', exportName: 'fib', signature: '[:=> [:any] :any]' },
    { name: 'area', exportName: 'area', signature: '[:=> [:float :float] :float]' },
    { name: 'names', exportName: 'names', signature: '[:=> [:any] :any]' },
    { name: 'safe', exportName: 'safe', signature: '[:=> [:any] :any]' },
  ])
  expect(imports).toContain('rtfs.walk-to-map')
  expect(imports).toEqual([...imports].sort())
})

test('only what is asked for is compiled', () => {
  const { imports, exports } = compile(program, { exports: ['area'] })
  expect(exports.map(({ name }) => name)).toEqual(['area'])
  expect(imports.filter(name => name.startsWith('lib.'))).toEqual([])
})

test('definitions that an export needs run, other forms do not', () => {
  const source = '(def rate (/ 1 4)) (def unused (throw "never")) (throw "neither") (defn tax [x] (* x rate))'
  expect(prepare(compile(source, { exports: ['tax'] })).call('tax', [8], contextOf())).toEqual({ value: 2 })
})

test('a declared name that nothing defines is empty', () => {
  const unit = lower(parse('(if false (def x 1)) (defn f [] x)').program).unit
  const [, f] = unit.forms
  const module = backend.compile({ ...unit, forms: [f!] }, { exports: ['f'] })
  expect(outcomeOf(() => prepare(module).call('f', [], contextOf()))).toBe('! UndefinedSymbol')
})

test('an optimised unit means the same and costs the same', () => {
  const unit = lower(parse('(defn f [x] (+ x (* 2 3) (if true 1 (count 5)))) (f (inc 1))').program).unit
  const outcomes = [unit, optimize(unit, 'aggressive')].map(each => {
    const context = contextOf()
    const module = backend.compile(each, { program: true })
    return [outcomeOf(() => prepare(module).run(context)), context.meter.spentFuel]
  })
  expect(outcomes).toEqual([
    ['9', 4],
    ['9', 4],
  ])
})

describe('what is not covered is said, with form and place', () => {
  test.each([
    ['(import a.b) (defn f [] 1)', { program: true }, 'import', 0],
    ['(module a (:exports [f]) (defn f [] 1))', { program: true }, 'module', 0],
    ['(intent :type :rtfs.core:v2.0:intent)', { program: true }, 'object', 0],
    ['(defn f ^:delegation :l4 [x :int] :int)', {}, 'a function with a delegation hint', 0],
    ['(defn f [] unknown)', {}, 'name unknown from outside', 11],
    ['1 (deftype T int)', { program: true }, 'a type defined after other forms', 2],
  ])('%s', (source, options, form, start) => {
    try {
      compile(source, options)
    } catch (error) {
      expect(isRtfsError(error, 'UnsupportedError') && error.fatal).toBe(true)
      expect(isRtfsError(error) && [error.message, error.span?.start]).toEqual([
        `wasm does not cover ${form}`,
        start,
      ])
      return
    }
    throw new Error('it was covered')
  })

  test('an export that the unit does not define is a mistake of the caller', () => {
    expect(() => compile('(defn f [] 1)', { exports: ['g'] })).toThrow('the unit does not define g')
  })
})

test('a hint to run here is no hindrance', () => {
  expect(prepare(compile('(defn f ^:delegation :local [x] x)')).call('f', [1], contextOf())).toBe(1)
})

test('compilation does not depend on the depth of the source', () => {
  const deep = (open: string, close: string): string =>
    `(defn f [x] ${open.repeat(200)}x${close.repeat(200)})`
  expect(prepare(compile(deep('(+ 1 ', ')'))).call('f', [1], contextOf())).toBe(201)
  expect(prepare(compile(deep('(let [y 1] ', ')'))).call('f', [5], contextOf())).toBe(5)
})

describe('the text of a module', () => {
  const { bytes } = compile(program)
  const text = emitWat(bytes)

  test('names functions and what they call', () => {
    expect(text).toContain('(; fib (i64) ;)')
    expect(text).toContain('call 0 (; rtfs.raise ;)')
    expect(text).toContain('(export "area" (func')
    expect(text).toContain('i64.add')
  })

  test('assembles to the same code', () => {
    const [ours, theirs] = [bytes, assembleWat(text)]
    const instructions = (module: Uint8Array) =>
      readModule(module).functions.map(fn =>
        [...readInstructions(module, fn)].map(({ name, operands }) => [name, ...operands]),
      )
    expect(instructions(theirs)).toEqual(instructions(ours))
  })

  test('of bytes that are none', () => expect(() => emitWat(Uint8Array.of(1, 2, 3))).toThrow(RangeError))
})

test('the backend keeps nothing', () => {
  expect(backend.compile.length).toBeGreaterThan(0)
  expect(Object.keys(backend).sort()).toEqual([
    'abiVersion',
    'compile',
    'id',
    'supports',
    'targetId',
    'version',
  ])
})
