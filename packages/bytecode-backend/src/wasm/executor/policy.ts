import { RtfsError } from '@rtfs/core'
import type { PrepareOptions } from '@rtfs/interfaces'
import { findBuiltin } from '@rtfs/stdlib'
import {
  abiExports,
  hostImportType,
  hostModule,
  libraryImportName,
  libraryImportType,
  libraryModule,
  maxArguments,
  metadataSection,
} from '../abi.js'
import { type FunctionType, functionTypeText } from '../encoder/value-types.js'
import { decodeMetadata, type ModuleMetadata } from '../metadata/metadata.js'
import { excessOf, type FunctionSize, moduleLimits } from '../module-limits.js'
import {
  type ModuleFunction,
  type ModuleImport,
  nestingOf,
  type ParsedModule,
  readModule,
} from './module-reader.js'

export interface CheckedModule {
  readonly parsed: ParsedModule
  readonly metadata: ModuleMetadata
}

/**
 * Checks a module before the engine sees it: only imports of the ABI that the caller declared, exactly the declared
 * exports, memory, tables and code within limits, no start function. Throws `RTFS_MODULE_REJECTED`.
 */
export function checkModule(bytes: Uint8Array, options: PrepareOptions): CheckedModule {
  if (bytes.length > moduleLimits.bytes) throw rejected(`it has ${bytes.length} bytes`)
  const parsed = reading(() => readModule(bytes))
  if (parsed.hasStart) throw rejected('it has a start function')
  checkImports(parsed.imports, new Set(options.imports))
  checkStores(parsed)
  reading(() => {
    for (const fn of parsed.functions) checkFunction(bytes, fn)
  })
  const section = parsed.customs.get(metadataSection)
  if (section === undefined) throw rejected(`it has no section ${metadataSection}`)
  const metadata = reading(() => decodeMetadata(section))
  checkExports(parsed, metadata, options.exports)
  return { parsed, metadata }
}

export function rejected(reason: string, cause?: unknown): RtfsError {
  return new RtfsError(
    'RTFS_MODULE_REJECTED',
    `module rejected: ${reason}`,
    cause === undefined ? {} : { cause },
  )
}

function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof RangeError) throw rejected(cause.message, cause)
    throw cause
  }
}

function checkImports(imports: readonly ModuleImport[], declared: ReadonlySet<string>): void {
  for (const { module, name, type } of imports) {
    const expected = importTypes(module, name)
    if (!expected.some(each => functionTypeText(each) === functionTypeText(type))) {
      throw rejected(`it imports ${module}.${name} ${functionTypeText(type)}, which the ABI does not have`)
    }
    if (!declared.has(`${module}.${name}`))
      throw rejected(`it imports ${module}.${name}, which is not declared`)
  }
}

function importTypes(module: string, name: string): readonly FunctionType[] {
  if (module === hostModule) {
    const type = hostImportType(name)
    return type === undefined ? [] : [type]
  }
  const library = module === libraryModule ? libraryImportName(name) : undefined
  if (library === undefined) return []
  const builtin = findBuiltin(library.name)
  if (builtin === undefined || builtin.name !== library.name) return []
  const { min, max } = builtin.definition.arity
  if (library.count === 'many' ? max <= maxArguments : library.count < min || library.count > max) return []
  return [libraryImportType(library.count, 'externref'), libraryImportType(library.count, 'i32')]
}

function checkStores({ tables, memories, elements }: ParsedModule): void {
  if (memories.length > 1) throw rejected('it has more than one memory')
  for (const { max } of memories) {
    if (max === undefined || max > moduleLimits.memoryPages) throw rejected('its memory may grow too far')
  }
  if (tables.length > 1) throw rejected('it has more than one table')
  for (const { min, max } of tables) {
    if (max === undefined || min > moduleLimits.tableSize || max > moduleLimits.tableSize) {
      throw rejected('its table may grow too far')
    }
  }
  if (elements.some(indices => indices.length > moduleLimits.tableSize))
    throw rejected('it fills too much of a table')
}

function checkFunction(bytes: Uint8Array, fn: ModuleFunction): void {
  let locals = fn.type.params.length
  for (const { count } of fn.locals) locals += count
  // Before the instructions are looked at: there may be very many.
  refuseExcess({ bytes: fn.size, locals, nesting: 0 })
  refuseExcess({ bytes: fn.size, locals, nesting: nestingOf(bytes, fn) })
}

function refuseExcess(size: FunctionSize): void {
  const excess = excessOf(size)
  if (excess !== undefined) throw rejected(excess)
}

/** Every export is either declared and described in the metadata, or one that the ABI gives a meaning. */
function checkExports(
  { exports }: ParsedModule,
  metadata: ModuleMetadata,
  declared: readonly string[],
): void {
  const functions = new Map(metadata.exports.map(exported => [exported.name, exported]))
  const wanted = new Set(declared)
  if (functions.size !== metadata.exports.length || functions.size !== wanted.size) {
    throw rejected('its exports are not the declared ones')
  }
  const found = new Set<string>()
  for (const { name, kind } of exports) {
    if (found.has(name)) throw rejected(`it exports ${name} twice`)
    found.add(name)
    const expected = name === abiExports.memory ? 'memory' : 'function'
    if (kind !== expected) throw rejected(`its export ${name} is a ${kind}`)
    if (!isAbiExport(name, functions) && !(functions.has(name) && wanted.has(name))) {
      throw rejected(`it exports ${name}, which is not declared`)
    }
  }
  for (const name of [...wanted, abiExports.memory, abiExports.setup]) {
    if (!found.has(name)) throw rejected(`it does not export ${name}`)
  }
}

function isAbiExport(
  name: string,
  functions: ReadonlyMap<string, { readonly hasGeneral: boolean }>,
): boolean {
  if (name === abiExports.memory || name === abiExports.setup || name === abiExports.init) return true
  if (name.startsWith(abiExports.enter)) return /^\d{1,3}$/.test(name.slice(abiExports.enter.length))
  if (!name.startsWith(abiExports.anyPrefix)) return false
  return functions.get(name.slice(abiExports.anyPrefix.length))?.hasGeneral === true
}
