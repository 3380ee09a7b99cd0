import { expect, test } from 'vitest'
import { abiVersion, createTargetRegistry, createWasmBackend, createWasmExecutor, targetId } from './index.js'

test('finds the parts of a target', () => {
  const [backend, executor] = [createWasmBackend(), createWasmExecutor()]
  const registry = createTargetRegistry([{ backend, executor }])
  expect(registry.targetIds()).toEqual(['wasm32-rtfs'])
  expect(registry.findBackend(targetId)).toBe(backend)
  expect(registry.requireExecutor(targetId, abiVersion)).toBe(executor)
})

test('a miss is undefined, or an error where it is required', () => {
  const registry = createTargetRegistry([{ executor: createWasmExecutor() }])
  expect(registry.findBackend(targetId)).toBeUndefined()
  expect(registry.findExecutor('other')).toBeUndefined()
  expect(registry.findExecutor(targetId, '0')).toBeUndefined()
  expect(() => registry.requireBackend(targetId)).toThrow('no backend for target wasm32-rtfs')
  expect(() => registry.requireExecutor(targetId, '0')).toThrow('no executor for target wasm32-rtfs, ABI 0')
})

test('refuses targets that do not fit together', () => {
  const registry = createTargetRegistry()
  expect(() => registry.register({})).toThrow('a target needs a backend or an executor')
  const backend = createWasmBackend()
  const executor = { ...createWasmExecutor(), targetId: 'other' }
  expect(() => registry.register({ backend, executor } as never)).toThrow('backend and executor differ')
  expect(registry.targetIds()).toEqual([])
})
