import { isRtfsError, RtfsError } from '@rtfs/core'
import type { ModuleLoader, PreparedModule } from '@rtfs/interfaces'
import { encodeUnit, type Unit } from '@rtfs/ir'
import type { L4Cache, PublishAnswer } from '@rtfs/l4-client'
import type { Runtime } from '@rtfs/runtime'
import { checkProgram } from './check.js'
import { type FunctionInfo, functionsOf } from './functions.js'
import { unitOfModule } from './module-unit.js'
import { selfContained } from './self-contained.js'
import { verificationLimits } from './verifier.js'
import { type Bytecode, compileFunction } from './wasm.js'

export interface PublishOptions {
  /** Name of the text in messages. */
  readonly file?: string
  /** Publish only this function. Default: all that are exported. */
  readonly only?: string
  /** Name to publish it under, with `only`. Default: its own. */
  readonly name?: string
  /** What the function is for, with `only`. Default: its `:task` or documentation string. */
  readonly task?: string
  readonly namespace?: string
  /** Counts up with each publication of the name. Default 1. */
  readonly version?: number
}

/** What became of one function. */
export type PublishedFunction =
  | { readonly fn: FunctionInfo; readonly ok: true; readonly answer: PublishAnswer }
  /** Not compiled, or not verified. */
  | { readonly fn: FunctionInfo; readonly ok: false; readonly error: RtfsError }

/**
 * Publishes the exported functions of a program, one module each: checked strictly, compiled with what they refer to,
 * verified, signed, stored. A function that fails does not keep the others from being published. A program that is
 * invalid throws `RTFS_INVALID_PROGRAM`; faults of the store are thrown.
 */
export async function publishProgram({
  runtime,
  bytecode,
  cache,
  text: program,
  modules,
  options,
}: {
  readonly runtime: Runtime
  readonly bytecode: Bytecode
  readonly cache: L4Cache<PreparedModule>
  readonly text: string
  /** Where modules come from that the program imports; their texts are published with it. */
  readonly modules?: ModuleLoader | undefined
  readonly options: PublishOptions
}): Promise<readonly PublishedFunction[]> {
  const { text, added } = selfContained(program, { file: options.file, modules })
  const checked = checkProgram(runtime, text, options.file === undefined ? {} : { file: options.file })
  const error = checked.diagnostics.find(item => item.severity === 'error')
  if (checked.unit === undefined || error !== undefined) {
    throw new RtfsError('RTFS_INVALID_PROGRAM', error?.message ?? 'the program does not parse')
  }
  const published: PublishedFunction[] = []
  for (const fn of chosen(checked.unit, options, added)) {
    published.push(await publishFunction(fn, checked.unit, { bytecode, cache, text, options }))
  }
  return published
}

function chosen(unit: Unit, { only }: PublishOptions, added: readonly string[]): readonly FunctionInfo[] {
  // Modules of other files are published from those.
  const functions = functionsOf(unit).filter(fn => {
    return fn.exported && fn.codeHash !== undefined && !added.includes(fn.module ?? '')
  })
  const wanted =
    only === undefined ? functions : functions.filter(fn => fn.name === only || fn.symbol === only)
  if (wanted.length > 0) return wanted
  const known = functions.map(fn => fn.name).join(', ')
  const missing =
    only === undefined ? 'the program exports no function' : `there is no exported function ${only}`
  throw new RtfsError('RTFS_USAGE', known === '' ? missing : `${missing}; it has ${known}`)
}

async function publishFunction(
  fn: FunctionInfo,
  unit: Unit,
  parts: {
    readonly bytecode: Bytecode
    readonly cache: L4Cache<PreparedModule>
    readonly text: string
    readonly options: PublishOptions
  },
): Promise<PublishedFunction> {
  const { bytecode, cache, text, options } = parts
  try {
    const compiled = compileFunction(bytecode, unit, fn)
    const exported = compiled.exports.find(each => each.name === fn.name)
    if (exported === undefined) throw new Error(`the backend did not export ${fn.name}`)
    const answer = await cache.publish({
      ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
      name: options.name ?? fn.name,
      ...(options.version === undefined ? {} : { version: options.version }),
      description: options.task ?? fn.task ?? fn.name,
      interface: fn.signature,
      interfaceHash: fn.interfaceHash,
      codeHash: fn.codeHash!,
      effects: fn.effects,
      examples: fn.examples,
      bytes: compiled.bytes,
      exportName: exported.exportName,
      imports: compiled.imports,
      target: compiled.targetId,
      abi: compiled.abiVersion,
      backend: compiled.backend,
      ir: encodeUnit(unitOfModule(unit, fn.module)),
      source: text,
      limits: limitNumbers(),
    })
    return { fn, ok: true, answer }
  } catch (error) {
    if (isRtfsError(error) && isOfFunction(error)) return { fn, ok: false, error }
    throw error
  }
}

/** Faults that say something of the function, not of the store or the keys. */
function isOfFunction(error: RtfsError): boolean {
  return (
    error.value !== undefined || error.code === 'RTFS_NOT_VERIFIED' || error.code === 'RTFS_MODULE_REJECTED'
  )
}

function limitNumbers(): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(verificationLimits).filter(([, limit]) => Number.isSafeInteger(limit)),
  )
}
