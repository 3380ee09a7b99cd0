import { moduleError, undefinedSymbol, type Value } from '@rtfs/core'
import { type BuiltinFunction, findBuiltin } from '@rtfs/stdlib'
import { runtimeBuiltins } from '../objects/library.js'
import type { Cell, LoadedModule, UnitFrame } from './environment.js'
import { unfilled } from './environment.js'
import type { ModuleServices, Services } from './services.js'

/**
 * An unqualified name outside functions: a definition or import of the unit, then the library, then what the host
 * offers (LANGUAGE §4.2). `undefined` when there is none; a definition that is not filled yet is UndefinedSymbol.
 */
export function readGlobal(name: string, unit: UnitFrame, services: Services): Value | undefined {
  const defined = readDefinition(name, unit)
  if (defined !== undefined) return defined
  return findLibrary(name) ?? services.contextFallback(name)
}

/** A library function, of the standard library or of the runtime. */
export function findLibrary(name: string): BuiltinFunction | undefined {
  return findBuiltin(name) ?? runtimeBuiltins.get(name)
}

/** A definition or import of the unit, `undefined` when there is none; UndefinedSymbol while it is empty. */
export function readDefinition(name: string, unit: UnitFrame): Value | undefined {
  const cell = unit.find(name)
  return cell === undefined ? undefined : filled(cell)
}

/** `m/name`: an export of an imported module, or a library function (LANGUAGE §12.2, §13). */
export function readQualified(name: string, unit: UnitFrame, services: Services): Value {
  // The name after the slash may be `/` itself; a versioned module may have a slash in its own name.
  const found = moduleBefore(name, name.indexOf('/'), unit) ?? moduleBefore(name, name.lastIndexOf('/'), unit)
  if (found !== undefined) return readExport(found.module, found.own, name)
  const library = libraryValue(name)
  if (library !== undefined) return library
  if (autoload(name, unit, services.modules)) return readQualified(name, unit, services)
  const value = services.contextFallback(name)
  if (value === undefined) throw undefinedSymbol(name)
  return value
}

/** Imports the module before the slash, the first or the last one; false when there is no such module. */
function autoload(name: string, unit: UnitFrame, modules: ModuleServices): boolean {
  if (modules.autoload === undefined) return false
  const [first, last] = [name.indexOf('/'), name.lastIndexOf('/')]
  if (modules.autoload(name.slice(0, last), unit)) return true
  return first !== last && modules.autoload(name.slice(0, first), unit)
}

function moduleBefore(
  name: string,
  slash: number,
  unit: UnitFrame,
): { readonly module: LoadedModule; readonly own: string } | undefined {
  const module = unit.modules.get(name.slice(0, slash))
  return module === undefined ? undefined : { module, own: name.slice(slash + 1) }
}

function readExport(module: LoadedModule, own: string, name: string): Value {
  if (!module.exports.has(own)) throw moduleError(`'${own}' is not exported by ${module.name}`)
  const cell = module.frame.find(own)
  if (cell === undefined) throw undefinedSymbol(name)
  return filled(cell, name)
}

/** `kv/get` is a name of the library itself; `stdlib/map` is `map`, `tool/log` is `tool:log`. */
function libraryValue(name: string): Value | undefined {
  const named = findBuiltin(name)
  if (named !== undefined) return named
  const slash = name.indexOf('/')
  const qualifier = name.slice(0, slash)
  const own = name.slice(slash + 1)
  if (qualifier === 'stdlib') return findLibrary(own)
  return qualifier === 'tool' ? findBuiltin(`tool:${own}`) : undefined
}

function filled(cell: Cell, name: string = cell.name): Value {
  if (cell.value === unfilled) throw undefinedSymbol(name)
  return cell.value
}
