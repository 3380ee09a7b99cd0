import type { Value } from '@rtfs/core'
import type { Node, Unit } from '@rtfs/ir'
import type { UnitFrame } from '../shared/environment.js'
import { compileLet, compileLoop, compileRecur, type RecurTargets } from './bindings.js'
import { type Compile, compileApply } from './calls.js'
import { type Code, frameMaker } from './code.js'
import {
  compileAnd,
  compileBody,
  compileDo,
  compileIf,
  compileMatch,
  compileOr,
  compileThrow,
  compileTry,
} from './control.js'
import { compileCast, compileConforms, compileDef, compileDefstruct, compileDeftype } from './definitions.js'
import {
  compileContextGet,
  compileDiscoverAgents,
  compileHints,
  compileHostCall,
  compileLogStep,
  compileResourceRef,
  compileTaskContext,
} from './effects.js'
import { compileDotimes, compileFor } from './iteration.js'
import { compileLambda } from './lambda.js'
import { Layout } from './layout.js'
import { compileMap, compileVector } from './literals.js'
import type { Machine } from './machine.js'
import { compileImport, compileModule, compileQualifiedRef } from './modules.js'
import { compileObject } from './objects.js'
import { compileParallel, compileStepParallel } from './parallel.js'
import { placed } from './placed.js'
import { compileQuasiquote } from './quasiquote.js'
import { compileRef } from './references.js'
import { compileWithResource } from './resources.js'
import { type Scope, siteOf } from './scope.js'
import { compileStep, compileStepIf, compileStepLoop } from './steps.js'
import { compileDeftest, compileIs } from './testing.js'

/** Compiles nodes of one function; loops and functions register themselves as targets of `recur`. */
export function compilerFor(targets: RecurTargets): Compile {
  const compile: Compile = (node, scope) => compileNode(node, scope, compile, targets)
  return compile
}

/** The one place that knows which compiler each kind has. */
function compileNode(node: Node, scope: Scope, compile: Compile, targets: RecurTargets): Code {
  switch (node.kind) {
    case 'literal':
    case 'quote': {
      const { value } = node
      return () => value
    }
    case 'ref':
      return compileRef(node, scope)
    case 'qualified-ref':
      return compileQualifiedRef(node, scope)
    case 'resource-ref':
      return compileResourceRef(node, scope)
    case 'def':
      return compileDef(node, scope, compile)
    case 'lambda':
      return compileLambda(node, scope, compilerFor)
    case 'apply':
      return compileApply(node, scope, compile)
    case 'if':
      return compileIf(node, scope, compile)
    case 'let':
      return compileLet(node, scope, compile)
    case 'do':
      return compileDo(node, scope, compile)
    case 'and':
      return compileAnd(node, scope, compile)
    case 'or':
      return compileOr(node, scope, compile)
    case 'loop':
      return compileLoop(node, scope, compile, targets)
    case 'recur':
      return compileRecur(node, scope, compile, targets)
    case 'match':
      return compileMatch(node, scope, compile)
    case 'try':
      return compileTry(node, scope, compile)
    case 'throw':
      return compileThrow(node, scope, compile)
    case 'parallel':
      return compileParallel(node, scope, compile)
    case 'with-resource':
      return compileWithResource(node, scope, compile)
    case 'log-step':
      return compileLogStep(node, scope, compile)
    case 'step':
      return compileStep(node, scope, compile)
    case 'step-if':
      return compileStepIf(node, scope, compile)
    case 'step-loop':
      return compileStepLoop(node, scope, compile)
    case 'step-parallel':
      return compileStepParallel(node, scope, compile)
    case 'for':
      return compileFor(node, scope, compile)
    case 'dotimes':
      return compileDotimes(node, scope, compile)
    case 'host-call':
      return compileHostCall(node, scope, compile)
    case 'discover-agents':
      return compileDiscoverAgents(node, scope, compile)
    case 'context-get':
      return compileContextGet(node, scope, compile)
    case 'task-context':
      return compileTaskContext(node, scope)
    case 'vector':
      return compileVector(node, scope, compile)
    case 'map':
      return compileMap(node, scope, compile)
    case 'quasiquote':
      return compileQuasiquote(node, scope, compile)
    case 'cast':
      return compileCast(node, scope, compile)
    case 'conforms':
      return compileConforms(node, scope, compile)
    case 'hints':
      return compileHints(node, scope, compile)
    case 'deftype':
      return compileDeftype(node, scope)
    case 'defstruct':
      return compileDefstruct(node, scope)
    case 'defmacro':
      return () => {
        scope.unit.macros.add(node.name)
        return null
      }
    case 'deftest':
      return compileDeftest(node, scope, compile)
    case 'is':
      return compileIs(node, scope, compile)
    case 'import':
      return compileImport(node, scope)
    case 'module':
      return compileModule(node, scope)
    case 'object':
      return compileObject(node, scope, compile)
    case 'charge': {
      const body = compile(node.body, scope)
      const { machine } = scope
      const site = siteOf(node, scope)
      return frame => {
        placed(site, () => machine.meter.charge(node.units))
        return body(frame)
      }
    }
  }
}

/** What top-level forms are compiled against. */
export interface Linkage {
  readonly machine: Machine
  readonly unit: UnitFrame
}

/** Compiles one top-level form, which has slots of its own for what its `let`s bind. */
export function compileForm(node: Node, linkage: Linkage): () => Value {
  const layout = new Layout()
  const scope: Scope = { ...linkage, layout, self: undefined, selfVariable: 0 }
  const code = compileBody([node], scope, compilerFor(new Map()))
  const makeFrame = frameMaker(layout.size)
  return () => code(makeFrame([]))
}

/** Compiles top-level forms; they run in order, the value is that of the last. */
export function compileForms(nodes: readonly Node[], linkage: Linkage): () => Value {
  const forms = nodes.map(node => compileForm(node, linkage))
  return () => {
    let value: Value = null
    for (const form of forms) value = form()
    return value
  }
}

/** Compiles a unit. The names its frame declares are empty cells from the start. */
export function compileUnit(unit: Unit, linkage: Linkage): () => Value {
  for (const name of unit.globals) linkage.unit.declare(name)
  return compileForms(unit.forms, linkage)
}
