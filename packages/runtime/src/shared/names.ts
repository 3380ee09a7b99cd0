import { moduleError, undefinedSymbol, type Value } from '@rtfs/core'
import { findBuiltin } from '@rtfs/stdlib'
import { type Cell, type UnitFrame, unfilled } from './environment.js'
import type { Services } from './services.js'

/**
 * An unqualified name outside functions: a definition or import of the unit, then the library, then what the host
 * offers (LANGUAGE §4.2). `undefined` when there is none; a definition that is not filled yet is UndefinedSymbol.
 */
export function readGlobal(name: string, unit: UnitFrame, services: Services): Value | undefined {
  const cell = unit.find(name)
  if (cell !== undefined) return filled(cell)
  return findBuiltin(name) ?? services.contextFallback(name)
}

/** `m/name`: an export of an imported module, or a library function (LANGUAGE §12.2, §13). */
export function readQualified(name: string, unit: UnitFrame, services: Services): Value {
  const slash = name.indexOf('/')
  const qualifier = name.slice(0, slash)
  const own = name.slice(slash + 1)
  const module = unit.modules.get(qualifier)
  if (module !== undefined) {
    if (!module.exports.has(own)) throw moduleError(`'${own}' is not exported by ${module.name}`)
    const cell = module.frame.find(own)
    if (cell === undefined) throw undefinedSymbol(name)
    return filled(cell, name)
  }
  const value = libraryValue(name, qualifier, own) ?? services.contextFallback(name)
  if (value === undefined) throw undefinedSymbol(name)
  return value
}

/** `kv/get` is a name of the library itself; `stdlib/map` is `map`, `tool/log` is `tool:log`. */
function libraryValue(name: string, qualifier: string, own: string): Value | undefined {
  const named = findBuiltin(name)
  if (named !== undefined) return named
  if (qualifier === 'stdlib') return findBuiltin(own)
  return qualifier === 'tool' ? findBuiltin(`tool:${own}`) : undefined
}

function filled(cell: Cell, name: string = cell.name): Value {
  if (cell.value === unfilled) throw undefinedSymbol(name)
  return cell.value
}
