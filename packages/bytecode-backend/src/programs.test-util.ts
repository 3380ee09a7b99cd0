import {
  defaultLimits,
  formatValue,
  isRtfsError,
  type Limits,
  Meter,
  securityViolation,
  type Value,
} from '@rtfs/core'
import type { CompiledModule, CompileOptions, ExecutionContext, PreparedModule } from '@rtfs/interfaces'
import { lower } from '@rtfs/ir'
import { parse } from '@rtfs/parser'
import wabt from 'wabt'
import { createWasmBackend, createWasmExecutor } from './index.js'

export const backend = createWasmBackend()
export const executor = createWasmExecutor()

const features = {
  exceptions: true,
  multi_value: true,
  reference_types: true,
  sat_float_to_int: true,
  sign_extension: true,
  tail_call: true,
}
const toolkit = await wabt()

/** Throws unless the reference toolkit accepts the module, too. */
export function validateWithWabt(bytes: Uint8Array): void {
  const module = toolkit.readWasm(bytes, { ...features, readDebugNames: true, check: true } as never)
  try {
    module.validate()
  } finally {
    module.destroy()
  }
}

/** Assembles text with the reference toolkit. */
export function assembleWat(text: string): Uint8Array {
  const module = toolkit.parseWat('module.wat', text, features)
  try {
    return module.toBinary({}).buffer
  } finally {
    module.destroy()
  }
}

/** Compiles a source text; every module made in tests is validated. */
export function compile(source: string, options: CompileOptions = {}): CompiledModule {
  const { program, diagnostics } = parse(source)
  const error = diagnostics.find(({ severity }) => severity === 'error')
  if (error !== undefined) throw new Error(`parse: ${error.message}`)
  const module = backend.compile(lower(program).unit, options)
  validateWithWabt(module.bytes)
  return module
}

export function prepare(module: CompiledModule): PreparedModule {
  const exports = module.exports.map(({ exportName }) => exportName)
  return executor.prepare(module.bytes, { imports: module.imports, exports, debug: module.debug })
}

/** A context that grants nothing. */
export function contextOf(
  limits: Partial<Limits> = {},
  more: Partial<ExecutionContext> = {},
): ExecutionContext {
  return {
    meter: new Meter({ ...defaultLimits, ...limits }, () => performance.now()),
    perform(capability) {
      throw securityViolation('call', capability, 'pure')
    },
    taskContext: null,
    invoke() {
      throw new Error('nothing else is callable here')
    },
    ...more,
  }
}

/** Runs a program: its readable value, or `! Kind`, or `! Kind at start-end` when `places` is set. */
export function run(source: string, limits: Partial<Limits> = {}, places = false): string {
  return outcomeOf(
    () => prepare(compile(source, { program: true, closed: true })).run(contextOf(limits)),
    places,
  )
}

/** Calls an exported function of a source text. */
export function call(
  source: string,
  name: string,
  args: readonly Value[],
  limits: Partial<Limits> = {},
): string {
  return outcomeOf(() => prepare(compile(source, { exports: [name] })).call(name, args, contextOf(limits)))
}

export function outcomeOf(work: () => Value, places = false): string {
  try {
    return formatValue(work())
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return `! ${error.code}${places ? ` at ${error.span?.start}-${error.span?.end}` : ''}`
  }
}
