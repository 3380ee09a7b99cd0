import { HostFunction, unsupported, type Value } from '@rtfs/core'
import type {
  BytecodeBackend,
  BytecodeExecutor,
  CompiledExport,
  ExecutionContext,
  PreparedModule,
} from '@rtfs/interfaces'
import { forEachChild, lower, type Node, type Unit } from '@rtfs/ir'
import type { Program } from '@rtfs/parser'
import { type UnitFrame, unfilled } from '../shared/environment.js'
import { findLibrary } from '../shared/names.js'
import type { Services } from '../shared/services.js'
import type { Tier } from '../shared/tier.js'

interface CompiledProgram {
  readonly module: PreparedModule
  readonly exports: readonly CompiledExport[]
}

/**
 * Compiled code as a tier: whole programs for one target. Forms that the backend does not cover, and programs that
 * build on earlier ones, are left to the other tiers by UnsupportedError. Hand it to `createRuntime` as
 * `tiers: [() => createBytecodeTier(backend, executor)]`.
 */
export function createBytecodeTier(backend: BytecodeBackend<Unit>, executor: BytecodeExecutor): Tier {
  const compiled = new WeakMap<Program, CompiledProgram>()
  /** One for each attempt: what the top level computed holds for all calls of it. */
  const contexts = new WeakMap<Services['meter'], ExecutionContext>()

  function compile(program: Program): CompiledProgram {
    let known = compiled.get(program)
    if (known === undefined) {
      const { bytes, imports, exports, debug } = backend.compile(lower(program).unit, {
        program: true,
        closed: true,
      })
      const names = exports.map(each => each.exportName)
      known = { module: executor.prepare(bytes, { imports, exports: names, debug }), exports }
      compiled.set(program, known)
    }
    return known
  }

  function contextOf(services: Services): ExecutionContext {
    let context = contexts.get(services.meter)
    if (context === undefined) contexts.set(services.meter, (context = executionContext(services)))
    return context
  }

  return {
    name: 'wasm',
    run(program, frame, services) {
      if (hasDefinitions(frame))
        throw unsupported(backend.targetId, 'a program that builds on an earlier one')
      const { module, exports } = compile(program)
      const context = contextOf(services)
      const value = module.run(context)
      for (const { name, exportName } of exports) {
        frame.declare(name).value = new HostFunction(name, args => module.call(exportName, args, context))
      }
      return value
    },
    call(fn, args, services) {
      if (!(fn instanceof HostFunction))
        throw unsupported(backend.targetId, 'a call of a value of another tier')
      const { meter } = services
      meter.charge(1)
      meter.enter()
      const value = fn.call(args)
      meter.leave()
      return value
    },
  }
}

/** Functions that the runtime adds to the library are not known to backends, which would call them undefined. */
function refuseRuntimeLibrary(nodes: readonly Node[], targetId: string): void {
  const visit = (node: Node): void => {
    if (node.kind === 'ref' && node.scope === 'dynamic' && findLibrary(node.name) !== undefined) {
      throw unsupported(targetId, node.name, node.span)
    }
    forEachChild(node, visit)
  }
  nodes.forEach(visit)
}

function executionContext(services: Services): ExecutionContext {
  return {
    meter: services.meter,
    taskContext: services.taskContext,
    perform: (capability, args) => services.perform(capability, args),
    invoke: (): Value => {
      throw unsupported('wasm', 'a call of a function of another tier')
    },
  }
}

function hasDefinitions(frame: UnitFrame): boolean {
  for (const name of frame.names()) if (frame.find(name)?.value !== unfilled) return true
  return frame.imported.size > 0 || frame.modules.size > 0
}
