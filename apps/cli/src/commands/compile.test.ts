import { createByteCodeBackend, createTargetRegistry, createWasmBackend } from '@rtfs/bytecode-backend'
import { describe, expect, test } from 'vitest'
import { bytecodeOf } from '../bytecode.js'
import { directoryWith, invoke } from '../invoke.test-util.js'
import { targetNames } from '../targets.js'

const files = {
  'helper.rtfs': '(module helper (:exports [add]) (defn add [x y] (+ x y)))',
  'shapes.rtfs':
    '(module shapes (:exports [area twice]) (import helper :as h) (def k 2) (defn area [x] (* x x)) (defn twice [x] (h/add (* k x) 0)))',
  'main.rtfs': '(import shapes :as s) (defn f [x :int] :int (s/area x)) (s/twice (f 3))',
  'library.rtfs': '(import shapes :only [area]) (defn f "Area." [x :int] :int (area x))',
  'broken.rtfs': '(module broken (def x (/ 1 0)))',
  'uses-broken.rtfs': '(import broken) broken/x',
}

describe('programs with imports', () => {
  test.each([
    ['main.rtfs', 'f [:=> [:int] :int]'],
    ['library.rtfs', 'f [:=> [:int] :int]'],
    ['shapes.rtfs', 'area [:=> [:any] :any], twice [:=> [:any] :any]'],
  ])('%s', async (file, exports) => {
    const cwd = directoryWith(files)
    const { code, err } = await invoke(['compile', file, '-o', 'out.wasm'], { cwd })
    expect(err).toContain(exports)
    expect(code).toBe(0)
  })

  test('a module that cannot be loaded says so', async () => {
    const { code, err } = await invoke(['compile', 'uses-broken.rtfs', '-o', 'out.wasm'], {
      cwd: directoryWith(files),
    })
    expect(code).not.toBe(0)
    expect(err).toContain('broken.rtfs')
    expect(err).toContain('Division by zero')
  })

  test('l4 publish publishes the functions of the program with what they import', async () => {
    const cwd = directoryWith(files)
    const { code, out, err } = await invoke(['--dir', cwd, 'l4', 'publish', 'library.rtfs', '--json'], {
      cwd,
    })
    expect(`${code} ${err}`).toBe('0 ')
    const { functions } = JSON.parse(out)
    expect(functions).toMatchObject([{ ok: true, function: 'f' }])
    const called = await invoke(['--dir', cwd, 'l4', 'call', 'f', '7'], { cwd })
    expect(called.out.trim()).toBe('49')
  })
})

test('the help names every target, and each is a target', async () => {
  const { out } = await invoke(['compile', '--help'])
  for (const name of targetNames) expect(out).toContain(name)
  const made = await Promise.all(targetNames.map(bytecodeOf))
  const registry = createTargetRegistry(made)
  for (const { targetId } of [createWasmBackend(), createByteCodeBackend()]) {
    expect(registry.targetIds()).toContain(targetId)
  }
  expect(registry.targetIds().length).toBe(targetNames.length)
})
