import { describe, expect, test } from 'vitest'
import { validateWithWabt } from '../../programs.test-util.js'
import { FunctionBody } from './function-body.js'
import { ModuleBuilder } from './module-builder.js'
import type { FunctionType } from './value-types.js'

/** Makes a module with one function, `f`, and instantiates it. */
function instance(
  type: FunctionType,
  write: (body: FunctionBody, module: ModuleBuilder) => void,
): (...args: unknown[]) => unknown {
  const module = new ModuleBuilder()
  const reference = module.declare('f', type)
  const body = new FunctionBody(type.params.length)
  write(body, module)
  module.define(reference, body)
  module.exportFunction('f', reference)
  const bytes = module.toBytes()
  validateWithWabt(bytes)
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource))
  return exports['f'] as (...args: unknown[]) => unknown
}

const toInt: FunctionType = { params: ['i32'], results: ['i32'] }

test('a module without anything', () => {
  const bytes = new ModuleBuilder().toBytes()
  validateWithWabt(bytes)
  expect(WebAssembly.validate(bytes as BufferSource)).toBe(true)
})

test('arithmetic on i64 and f64', () => {
  const f = instance({ params: ['i64', 'f64'], results: ['f64'] }, body => {
    body.localGet(0).op('f64.convert_i64_s').localGet(1).op('f64.mul')
  })
  expect(f(3n, 1.5)).toBe(4.5)
})

test('a call before the index of its target is known', () => {
  const f = instance(toInt, (body, module) => {
    const later = module.declare('later', toInt)
    body.localGet(0).call(later)
    const other = new FunctionBody(1)
    other.localGet(0).i32(1).op('i32.add')
    module.define(later, other)
  })
  expect(f(41)).toBe(42)
})

test('a loop that counts down', () => {
  const f = instance(toInt, body => {
    const sum = body.local('i32')
    const done = body.block()
    const again = body.loop()
    body.localGet(0).op('i32.eqz').brIf(done)
    body.localGet(sum).localGet(0).op('i32.add').localSet(sum)
    body.localGet(0).i32(1).op('i32.sub').localSet(0)
    body.br(again)
    body.end().end()
    body.localGet(sum)
  })
  expect(f(4)).toBe(10)
})

test('an indirect call through the table', () => {
  const f = instance(toInt, (body, module) => {
    const type = module.type(toInt)
    for (const by of [10, 20]) {
      const target = module.declare(`times ${by}`, toInt)
      const code = new FunctionBody(1)
      code.localGet(0).i32(by).op('i32.mul')
      module.define(target, code)
      module.tableEntry(target)
    }
    body.localGet(0).i32(1).callIndirect(type)
  })
  expect(f(2)).toBe(40)
})

describe('code that cannot be reached is not written', () => {
  test('after a return', () => {
    const f = instance(toInt, body => {
      body.localGet(0).return()
      // Would not validate.
      body.op('f64.add').localSet(0)
      body.block('f64')
      body.i32(1)
      body.end()
    })
    expect(f(7)).toBe(7)
  })

  test('both branches of an if return', () => {
    const f = instance(toInt, body => {
      body.localGet(0)
      body.if()
      body.i32(1).return()
      body.else()
      body.i32(2).return()
      body.end()
      expect(body.live).toBe(false)
    })
    expect([f(1), f(0)]).toEqual([1, 2])
  })

  test('a block that a branch leaves is reached behind it', () => {
    const f = instance(toInt, body => {
      const out = body.block('i32')
      body.i32(5).localGet(0).brIf(out).unreachable()
      body.end()
      expect(body.live).toBe(true)
    })
    expect(f(1)).toBe(5)
    expect(() => f(0)).toThrow(WebAssembly.RuntimeError)
  })

  test('an if without else is passed when its branch returns', () => {
    const f = instance(toInt, body => {
      body.localGet(0)
      body.if()
      body.i32(1).return()
      body.end()
      body.i32(9)
    })
    expect([f(1), f(0)]).toEqual([1, 9])
  })
})

test('a patch is filled in when the module is assembled', () => {
  let amount = 0
  const f = instance(toInt, body => {
    body.localGet(0)
    body.patch(out => {
      const part = new FunctionBody(0)
      part.i32(amount).op('i32.add')
      part.writeInstructions(out)
    })
    amount = 100
  })
  expect(f(1)).toBe(101)
})

test('equal types and imports are written once', () => {
  const module = new ModuleBuilder()
  expect(module.type(toInt)).toBe(module.type({ params: ['i32'], results: ['i32'] }))
  expect(module.importFunction('a', 'b', toInt)).toBe(module.importFunction('a', 'b', toInt))
  expect(module.importNames()).toEqual(['a.b'])
})

test('a function without a body is a mistake of the code generator', () => {
  const module = new ModuleBuilder()
  module.declare('f', toInt)
  expect(() => module.toBytes()).toThrow('function f has no body')
})
