import { undefinedSymbol, type Value } from '@rtfs/core'
import type { Variable, VariableRefNode } from '@rtfs/ir'
import { findBuiltin } from '@rtfs/stdlib'
import { type Cell, unfilled } from '../shared/environment.js'
import { readGlobal } from '../shared/names.js'
import type { Place } from '../shared/services.js'
import type { Code, Frame, Slot } from './code.js'
import { locateAt, placed } from './placed.js'
import { type Scope, siteOf } from './scope.js'

/** Reads of names. */
export function compileRef(node: VariableRefNode, scope: Scope): Code {
  const site = siteOf(node, scope)
  switch (node.scope) {
    case 'local':
      return compileLocal(node.variable, node.name, site, scope)
    case 'builtin': {
      const builtin = findBuiltin(node.name)
      return builtin === undefined ? compileGlobal(node.name, site, scope) : () => builtin
    }
    case 'global':
    case 'dynamic':
      return compileGlobal(node.name, site, scope)
  }
}

function compileLocal(id: number, name: string, site: Place, scope: Scope): Code {
  const { captured, index, cell } = scope.layout.find(id)
  if (!captured) {
    if (!cell) return frame => frame[index] as Value
    return frame => contentOf(frame[index] as Cell, name, site)
  }
  if (!cell) return frame => (frame[0] as readonly Slot[])[index] as Value
  return frame => contentOf((frame[0] as readonly Slot[])[index] as Cell, name, site)
}

function contentOf(cell: Cell, name: string, site: Place): Value {
  const value = cell.value
  if (value === unfilled) throw locateAt(undefinedSymbol(name), site)
  return value as Value
}

/** A name of the unit's frame, the library or the host. The cell is looked up until it is there, then kept. */
function compileGlobal(name: string, site: Place, scope: Scope): Code {
  const { unit, machine } = scope
  let cell = unit.find(name)
  return () => {
    if (cell === undefined) cell = unit.find(name)
    if (cell !== undefined) return contentOf(cell, name, site)
    const value = placed(site, () => readGlobal(name, unit, machine.services))
    if (value === undefined) throw locateAt(undefinedSymbol(name), site)
    return value
  }
}

/** The slot, cell or capture a closure takes along for a captured variable. */
export function compileCapture(variable: Variable, scope: Scope): (frame: Frame) => Slot {
  const { captured, index } = scope.layout.find(variable.id)
  if (captured) return frame => (frame[0] as readonly Slot[])[index]
  return frame => frame[index]
}

/** Writes a variable of this function. A cell is filled, all else goes to the slot itself. */
export function compileWrite(variable: Variable, scope: Scope): (frame: Frame, value: Value) => void {
  const { index, cell } = scope.layout.find(variable.id)
  if (!cell) {
    return (frame, value) => {
      frame[index] = value
    }
  }
  return (frame, value) => {
    ;(frame[index] as Cell).value = value
  }
}
