import { digestOf, isRtfsError } from '@rtfs/core'
import { afterEach, expect, test, vi } from 'vitest'
import { compile, contextOf } from '../../programs.test-util.js'
import { createWasmExecutor } from './wasm-executor.js'

afterEach(() => vi.unstubAllGlobals())

const square = compile('(defn f [x] (* x x))')
const double = compile('(defn f [x] (str x x))')
const declared = { imports: [...square.imports, ...double.imports], exports: ['f'] }

const compiled = (bytes: Uint8Array): WebAssembly.Module => new WebAssembly.Module(bytes as BufferSource)

/** A place that has WebAssembly but does not compile it. */
function forbidCompiling(): void {
  class Forbidden {
    static imports = WebAssembly.Module.imports
    static exports = WebAssembly.Module.exports
    static customSections = WebAssembly.Module.customSections
    constructor() {
      throw new WebAssembly.CompileError('Wasm code generation disallowed by embedder')
    }
  }
  vi.stubGlobal('WebAssembly', {
    ...WebAssembly,
    Instance: WebAssembly.Instance,
    Memory: WebAssembly.Memory,
    Module: Forbidden,
  })
}

test('a prebuilt module runs where nothing may be compiled', () => {
  const executor = createWasmExecutor({
    prebuilt: [{ digest: digestOf(square.bytes), module: compiled(square.bytes) }],
  })
  forbidCompiling()
  expect(executor.prepare(square.bytes, declared).call('f', [4], contextOf())).toBe(16)
  expect(codeOf(() => executor.prepare(double.bytes, declared))).toBe('UnsupportedError')
})

test('the bytes are checked all the same', () => {
  const executor = createWasmExecutor({
    prebuilt: [{ digest: digestOf(square.bytes), module: compiled(square.bytes) }],
  })
  expect(codeOf(() => executor.prepare(square.bytes, { ...declared, exports: [] }))).toBe(
    'RTFS_MODULE_REJECTED',
  )
})

test('a module under the digest of another one is rejected', () => {
  const executor = createWasmExecutor({
    prebuilt: [{ digest: digestOf(square.bytes), module: compiled(double.bytes) }],
  })
  expect(codeOf(() => executor.prepare(square.bytes, declared))).toBe('RTFS_MODULE_REJECTED')
})

test('bytes that no engine accepts are rejected, not unsupported', () => {
  const broken = Uint8Array.from(square.bytes)
  const at = broken.length - 1
  expect(codeOf(() => createWasmExecutor().prepare(broken.subarray(0, at), declared))).toBe(
    'RTFS_MODULE_REJECTED',
  )
})

function codeOf(run: () => unknown): string {
  try {
    run()
    return 'no error'
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return error.code
  }
}
