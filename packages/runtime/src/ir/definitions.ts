import type { CastNode, ConformsNode, DefNode, DefstructNode, DeftypeNode } from '@rtfs/ir'
import { conformsTo } from '../shared/checks.js'
import { StructConstructor } from '../shared/functions.js'
import type { Compile } from './calls.js'
import { compileCheck } from './checks.js'
import type { Code } from './code.js'
import { noteDefinition } from './delegated.js'
import { placed } from './placed.js'
import { compileWrite } from './references.js'
import { type Scope, siteOf } from './scope.js'

/** `def` and `defn`: fills the cell of the name; the value of the form is the value. */
export function compileDef(node: DefNode, scope: Scope, compile: Compile): Code {
  noteDefinition(node)
  const init = compile(node.init, scope)
  if (node.variable === undefined) {
    const cell = scope.unit.declare(node.name)
    return frame => {
      const value = init(frame)
      cell.value = value
      return value
    }
  }
  const write = compileWrite(node.variable, scope)
  return frame => {
    const value = init(frame)
    write(frame, value)
    return value
  }
}

export function compileCast(node: CastNode, scope: Scope, compile: Compile): Code {
  const value = compile(node.value, scope)
  const check = compileCheck(node.target, node.path, scope)
  const site = siteOf(node, scope)
  return frame => check(value(frame), site)
}

export function compileConforms(node: ConformsNode, scope: Scope, compile: Compile): Code {
  const value = compile(node.value, scope)
  const { machine, unit } = scope
  const site = siteOf(node, scope)
  return frame => {
    const checked = value(frame)
    return placed(site, () => conformsTo(checked, node.target, unit.resolveType, machine.meter))
  }
}

export function compileDeftype(node: DeftypeNode, scope: Scope): Code {
  return () => {
    scope.unit.types.set(node.name, node.target)
    return null
  }
}

/** Defines the alias and its constructor (LANGUAGE §5.17). */
export function compileDefstruct(node: DefstructNode, scope: Scope): Code {
  const { name, target, variable } = node
  const { unit } = scope
  const make = new StructConstructor(name, target, unit)
  if (variable === undefined) {
    const cell = unit.declare(name)
    return () => {
      unit.types.set(name, target)
      cell.value = make
      return make
    }
  }
  const write = compileWrite(variable, scope)
  return frame => {
    unit.types.set(name, target)
    write(frame, make)
    return make
  }
}
