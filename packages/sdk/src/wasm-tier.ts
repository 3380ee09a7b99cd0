import { unsupported, type Value } from '@rtfs/core'
import type { ExecutionContext, PreparedModule } from '@rtfs/interfaces'
import { lower } from '@rtfs/ir'
import type { Program } from '@rtfs/parser'
import type { Services, Tier, UnitFrame } from '@rtfs/runtime'
import { type Bytecode, prepareCompiled } from './wasm.js'

/**
 * WebAssembly as a tier: a whole program is compiled and run. A session whose earlier units defined something, and
 * forms that the code generator does not know, are left to the other tiers by UnsupportedError.
 */
export function createWasmTier(bytecode: Bytecode): Tier {
  const prepared = new WeakMap<Program, PreparedModule>()

  function moduleOf(program: Program): PreparedModule {
    let module = prepared.get(program)
    if (module === undefined) {
      module = prepareCompiled(bytecode, bytecode.backend.compile(lower(program).unit))
      prepared.set(program, module)
    }
    return module
  }

  return {
    name: 'wasm',
    run(program: Program, frame: UnitFrame, services: Services): Value {
      for (const _ of frame.names()) throw unsupported('wasm', 'a program that builds on an earlier one')
      return moduleOf(program).call('@init', [], contextOf(services))
    },
    call(fn: Value): Value {
      void fn
      throw unsupported('wasm', 'a call of a value from outside')
    },
  }
}

function contextOf(services: Services): ExecutionContext {
  return {
    meter: services.meter,
    taskContext: services.taskContext,
    perform: (capability, args) => services.perform(capability, args),
    invoke: () => {
      throw unsupported('wasm', 'a call of a function of another tier')
    },
  }
}
