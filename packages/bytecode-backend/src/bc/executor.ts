import { RtfsError, type Value } from '@rtfs/core'
import type { BytecodeExecutor, ExecutionContext, PreparedModule, PrepareOptions } from '@rtfs/interfaces'
import { findBuiltin, type PlainImplementation } from '@rtfs/stdlib'
import { checkClosureArity } from '../wasm/executor/running.js'
import { decodeDebug, type Site } from '../wasm/metadata/debug.js'
import { moduleLimits } from '../wasm/module-limits.js'
import { abiVersion, type BcModule, decodeModule, targetId } from './format.js'
import { type BcCode, runFunction } from './interpreter.js'

/** Makes the executor of the target `rtfs-bc`: an interpreter that keeps its stack on the heap. */
export function createByteCodeExecutor(): BytecodeExecutor {
  return {
    targetId,
    abiVersion,
    prepare(bytes, options) {
      const module = checkModule(bytes, options)
      const builtins = module.builtins.map(({ name, count }) => implementationOf(name, count))
      return new BcPreparedModule({ module, builtins, sites: sitesOf(options.debug) }, bytes.length)
    },
  }
}

function rejected(reason: string, cause?: unknown): RtfsError {
  return new RtfsError('RTFS_MODULE_REJECTED', `module rejected: ${reason}`, { cause })
}

function checkModule(bytes: Uint8Array, { imports, exports }: PrepareOptions): BcModule {
  if (bytes.length > moduleLimits.bytes) throw rejected(`it has ${bytes.length} bytes`)
  let module: BcModule
  try {
    module = decodeModule(bytes)
  } catch (cause) {
    if (cause instanceof RangeError) throw rejected(cause.message, cause)
    throw cause
  }
  const declared = new Set(imports)
  for (const { name, count } of module.builtins) {
    if (!declared.has(`lib.${name}/${count}`))
      throw rejected(`it calls ${name}/${count}, which is not declared`)
  }
  const names = module.exports.map(([name]) => name)
  const wanted = new Set(exports)
  if (
    names.length !== wanted.size ||
    new Set(names).size !== wanted.size ||
    !names.every(name => wanted.has(name))
  )
    throw rejected('its exports are not the declared ones')
  return module
}

function implementationOf(name: string, count: number): PlainImplementation {
  const builtin = findBuiltin(name)
  const implementation = builtin?.name === name ? builtin.definition.implementation : undefined
  if (builtin === undefined || implementation?.kind !== 'plain')
    throw rejected(`there is no library function ${name}`)
  const { min, max } = builtin.definition.arity
  if (count < min || count > max) throw rejected(`${name} does not take ${count} arguments`)
  return implementation
}

function sitesOf(debug: Uint8Array | undefined): readonly Site[] {
  if (debug === undefined) return []
  try {
    return decodeDebug(debug)
  } catch {
    // Errors then have no places; nothing else depends on the table.
    return []
  }
}

class BcPreparedModule implements PreparedModule {
  readonly sizeBytes: number
  readonly #code: BcCode
  readonly #exports: ReadonlyMap<string, number>

  constructor(code: BcCode, bytes: number) {
    this.#code = code
    // An instruction is an object of some words.
    this.sizeBytes = 16 * bytes
    this.#exports = new Map(code.module.exports)
  }

  call(exportName: string, args: readonly Value[], context: ExecutionContext): Value {
    const number = this.#exports.get(exportName)
    if (number === undefined) throw new RtfsError('RTFS_USAGE', `the module does not export ${exportName}`)
    const fn = this.#code.module.functions[number]!
    checkClosureArity({ name: fn.name, arity: fn.arity, hasRest: false }, args.length)
    return runFunction(this.#code, fn, args, context)
  }

  run(context: ExecutionContext): Value {
    const { init, functions } = this.#code.module
    if (init === 0) throw new RtfsError('RTFS_USAGE', 'the module is no program')
    return runFunction(this.#code, functions[init - 1]!, [], context)
  }
}
