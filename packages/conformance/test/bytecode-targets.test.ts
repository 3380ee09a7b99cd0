import {
  createByteCodeBackend,
  createByteCodeExecutor,
  createTargetRegistry,
  createWasmBackend,
  createWasmExecutor,
} from '@rtfs/bytecode-backend'
import { formatValue, isRtfsError } from '@rtfs/core'
import type { Unit } from '@rtfs/ir'
import { createRuntime } from '@rtfs/runtime'
import { expect, test } from 'vitest'
import { bytecodeTargetSuite } from '../src/suites/index.js'

const targets = [
  { backend: createWasmBackend(), executor: createWasmExecutor() },
  { backend: createByteCodeBackend(), executor: createByteCodeExecutor() },
]

for (const target of targets) bytecodeTargetSuite({ test, expect }, target)

test.each(['wasm32-rtfs', 'rtfs-bc'])(
  '%s is chosen by its id and runs a program for the runtime',
  async targetId => {
    const registry = createTargetRegistry<Unit>(targets)
    const bytecode = {
      backend: registry.requireBackend(targetId),
      executor: registry.requireExecutor(targetId),
    }
    const runtime = createRuntime({ bytecode })
    const source = '(defn square [x] (* x x)) (square 12)'
    expect(await runtime.run(source, { tier: 'wasm' })).toMatchObject({ value: 144, fuel: 2 })
    const deep = '(defn f [n] (if (= n 0) 0 (inc (f (dec n))))) (f 9000)'
    const reference = await runtime.run(deep, { tier: 'ast' })
    const { value, fuel } = await runtime.run(deep, { tier: 'wasm', fallback: true })
    expect([value, fuel]).toEqual([reference.value, reference.fuel])
  },
)

test.each([
  '(defn f [x] [x {:a x :b [x x] :a 2} []]) (f 3)',
  '(defn f [x] {(inc x) 1 [1 2] x}) (f 3)',
  '(defn f [x] {x 1}) (f 1.5)',
  '(defn f [x] (if (= x 3) (throw {:type :order/bad :message "no" :details {:x x}}) x)) (f 3)',
  '(defn f [x] (throw :no)) (f 3)',
  '(defn f [x] (throw 5)) (f 3)',
])('rtfs-bc gives what the evaluator gives: %s', source => {
  const runtime = createRuntime({ bytecode: targets[1]! })
  const outcomeIn = (tier: 'ast' | 'wasm'): unknown => {
    try {
      const { value, fuel } = runtime.runSync(source, { tier })
      return [formatValue(value), fuel]
    } catch (error) {
      if (!isRtfsError(error)) throw error
      return [error.code, error.message, error.span?.start, error.span?.end]
    }
  }
  expect(outcomeIn('wasm')).toEqual(outcomeIn('ast'))
})

test('a function that calls itself by a name of its own is not mistaken for another', async () => {
  const runtime = createRuntime({ bytecode: targets[1]! })
  const source = '(defn f [x] :other) (def g (fn f [x] (if (= x 0) :own (f (dec x))))) (g 2)'
  expect((await runtime.run(source, { tier: 'wasm' })).value).toEqual((await runtime.run(source)).value)
})

test('what a target does not cover runs elsewhere, or is an error', async () => {
  const runtime = createRuntime({ bytecode: targets[1]! })
  await expect(runtime.run('(map inc [1 2])', { tier: 'wasm' })).rejects.toThrow('rtfs-bc does not cover')
  const result = await runtime.run('(map inc [1 2])', { tier: 'wasm', fallback: true })
  expect(result.tier).toBe('ast')
})
