import { isRtfsError } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import { compile, contextOf, executor, outcomeOf } from '../../programs.test-util.js'
import { abiExports, hostImports, metadataSection } from '../abi.js'
import { FunctionBody } from '../encoder/function-body.js'
import { instructions } from '../encoder/instructions.js'
import { ModuleBuilder } from '../encoder/module-builder.js'
import { encodeMetadata } from '../metadata/metadata.js'
import { moduleLimits } from '../module-limits.js'
import { checkModule } from './policy.js'

const source = '(defn f [x] (if (< x 1) (str x) (f (- x 1)))) (defn g [xs] (map (fn [x] (f x)) xs))'
const module = compile(source)
const declared = { imports: module.imports, exports: ['f', 'g'] }

/** Why a module is refused. */
function refusal(bytes: Uint8Array, options = declared): string {
  try {
    checkModule(bytes, options)
  } catch (error) {
    if (!isRtfsError(error, 'RTFS_MODULE_REJECTED')) throw error
    return error.message
  }
  return 'accepted'
}

/** A module of the ABI without exported functions, with what `write` adds to it. */
function crafted(write: (module: ModuleBuilder) => void, metadata?: Uint8Array): Uint8Array {
  const builder = new ModuleBuilder()
  builder.exportMemory(abiExports.memory, 1)
  const setup = builder.declare(abiExports.setup, { params: [], results: [] })
  builder.define(setup, new FunctionBody(0))
  builder.exportFunction(abiExports.setup, setup)
  write(builder)
  const empty = { constants: [], functions: [], raises: [], exports: [], types: [], hasInit: false }
  builder.custom(metadataSection, metadata ?? encodeMetadata(empty))
  return builder.toBytes()
}

const nothing = { imports: [], exports: [] }

/** A module with one function of so many locals, so much code, so deep nesting. */
function withFunction(write: (body: FunctionBody) => void): Uint8Array {
  return crafted(builder => {
    const fn = builder.declare('fn', { params: [], results: [] })
    const body = new FunctionBody(0)
    write(body)
    builder.define(fn, body)
  })
}

describe('a module is refused before the engine sees it', () => {
  test('unless it is as declared', () => expect(refusal(module.bytes)).toBe('accepted'))
  test('and so is one without functions', () =>
    expect(
      refusal(
        crafted(() => {}),
        nothing,
      ),
    ).toBe('accepted'))

  test.each([
    [
      'an import that is not declared',
      { ...declared, imports: module.imports.slice(1) },
      'which is not declared',
    ],
    ['no import declared', { ...declared, imports: [] }, 'which is not declared'],
    [
      'an export that is not declared',
      { ...declared, exports: ['f'] },
      'its exports are not the declared ones',
    ],
    ['an export that is missing', { ...declared, exports: ['f', 'h'] }, 'declared'],
  ])('for %s', (_, options, reason) => expect(refusal(module.bytes, options)).toContain(reason))

  test.each([
    ['rtfs', 'nope', 'which the ABI does not have'],
    ['rtfs', 'vector/3000', 'which the ABI does not have'],
    ['lib', 'no-such-function/1', 'which the ABI does not have'],
    ['lib', 'count/2', 'which the ABI does not have'],
    ['lib', 'stdlib/count/1', 'which the ABI does not have'],
    ['env', 'anything', 'which the ABI does not have'],
    ['wasi_snapshot_preview1', 'fd_write', 'which the ABI does not have'],
  ])('for the import %s.%s', (from, name, reason) => {
    const bytes = crafted(builder =>
      builder.importFunction(from, name, { params: ['externref'], results: ['externref'] }),
    )
    expect(refusal(bytes, { imports: [`${from}.${name}`], exports: [] })).toContain(reason)
  })

  test('for an import of another type', () => {
    const bytes = crafted(builder => builder.importFunction('rtfs', 'small', hostImports.integer))
    expect(refusal(bytes, { imports: ['rtfs.small'], exports: [] })).toContain('which the ABI does not have')
  })

  test.each([
    [
      'too many locals',
      (body: FunctionBody) => void Array.from({ length: 1001 }, () => body.local('i32')),
      'locals',
    ],
    [
      'locals times size',
      (body: FunctionBody) => {
        for (let i = 0; i < 999; i++) body.local('i64')
        for (let i = 0; i < 10_000; i++) body.i32(1).op('drop')
      },
      'too many locals for its size',
    ],
    [
      'a large body',
      (body: FunctionBody) => {
        for (let i = 0; i < 30_000; i++) body.i32(1).op('drop')
      },
      'bytes',
    ],
    [
      'deep nesting',
      (body: FunctionBody) => {
        for (let i = 0; i < 1025; i++) body.block()
        for (let i = 0; i < 1025; i++) body.end()
      },
      'nests too deeply',
    ],
  ])('for a function with %s', (_, write, reason) =>
    expect(refusal(withFunction(write), nothing)).toContain(reason),
  )

  test('but not for one at the limits', () => {
    const bytes = withFunction(body => {
      for (let i = 0; i < 1000; i++) body.local('i32')
      for (let i = 0; i < 1024; i++) body.block()
      for (let i = 0; i < 1024; i++) body.end()
    })
    expect(refusal(bytes, nothing)).toBe('accepted')
  })

  test('for size', () => {
    expect(refusal(new Uint8Array(moduleLimits.bytes + 1))).toContain(
      `it has ${moduleLimits.bytes + 1} bytes`,
    )
  })

  test.each([
    ['a start function', 8, [0], 'start function'],
    ['a memory without a maximum', 5, [1, 0, 1], 'memory'],
    ['a memory that may grow too far', 5, [1, 1, 1, 0x81, 0x08], 'memory'],
    ['two memories', 5, [2, 1, 1, 1, 1, 1, 1], 'more than one memory'],
    ['a shared memory', 5, [1, 3, 1, 1], 'shared'],
    ['a table without a maximum', 4, [1, 0x70, 0, 1], 'table'],
    ['a table that is too large', 4, [1, 0x70, 1, 1, 0x91, 0x4e], 'table'],
    ['a table of references', 4, [1, 0x6f, 1, 1, 1], 'table'],
    ['data', 11, [0], 'section 11 is none of ours'],
    ['an unknown section', 13, [0], 'section 13 is none of ours'],
    ['a type with vectors', 1, [1, 0x60, 1, 0x7b, 0], 'unknown type of value'],
    ['an imported memory', 2, [1, 1, 0x61, 1, 0x62, 2, 0, 1], 'an import is no function'],
  ])('for %s', (_, id, content, reason) => {
    const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
    expect(refusal(Uint8Array.from([...header, id, content.length, ...content]), nothing)).toContain(reason)
  })

  test.each([0xfd, 0xfe, 0x40, 0xd5, 0x08, 0x18])(
    'for the instruction %i, which compiled code never has',
    opcode => {
      const bytes = withFunction(body => body.op('f64.nearest'))
      const at = bytes.indexOf(instructions['f64.nearest'].code)
      expect(bytes.lastIndexOf(instructions['f64.nearest'].code)).toBe(at)
      bytes[at] = opcode
      expect(refusal(bytes, nothing)).toContain('is none of ours')
    },
  )

  test('for missing or malformed metadata', () => {
    expect(
      refusal(
        crafted(() => {}, Uint8Array.of(99)),
        nothing,
      ),
    ).toContain('unknown version')
    expect(
      refusal(
        crafted(() => {}, new Uint8Array()),
        nothing,
      ),
    ).toContain('end of bytes')
  })

  test('for an export that the ABI gives no meaning', () => {
    for (const name of ['@other', '@any f', '@enter/x', 'hidden']) {
      const bytes = crafted(builder => {
        const fn = builder.declare(name, { params: [], results: [] })
        builder.define(fn, new FunctionBody(0))
        builder.exportFunction(name, fn)
      })
      expect(refusal(bytes, nothing)).toContain(`it exports ${name}`)
    }
  })
})

test('what passes the policy and is no valid code is refused by the engine', () => {
  const bytes = withFunction(body => body.op('i32.add'))
  expect(refusal(bytes, nothing)).toBe('accepted')
  expect(() => executor.prepare(bytes, nothing)).toThrow('the engine does not accept it')
})

test('no changed byte makes more than a refusal or another module', () => {
  const context = contextOf({ fuel: 1000 })
  const { bytes } = module
  for (let at = 0; at < bytes.length; at += 3) {
    const changed = bytes.slice()
    changed[at]! ^= 1 << (at % 8)
    try {
      const prepared = executor.prepare(changed, declared)
      outcomeOf(() => prepared.call('f', [2], context))
    } catch (error) {
      const isKnown =
        isRtfsError(error) || error instanceof WebAssembly.RuntimeError || error instanceof TypeError
      if (!isKnown) throw error
    }
  }
})
