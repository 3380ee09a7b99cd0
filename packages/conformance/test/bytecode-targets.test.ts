import {
  createByteCodeBackend,
  createByteCodeExecutor,
  createTargetRegistry,
  createWasmBackend,
  createWasmExecutor,
} from '@rtfs/bytecode-backend'
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
