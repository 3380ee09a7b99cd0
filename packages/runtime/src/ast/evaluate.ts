import { isTruthy, undefinedSymbol, type Value } from '@rtfs/core'
import type { Expr, Literal, Quote, SymbolRef } from '@rtfs/parser'
import { assertNever } from '../shared/assert-never.js'
import { readGlobal, readQualified } from '../shared/names.js'
import { evaluateCall } from './calls.js'
import { Closure } from './closure.js'
import type { Done } from './continuation.js'
import { evaluateMap, evaluateQuasiquote, evaluateVector } from './data.js'
import { evaluateDef, evaluateDefn, evaluateDefstruct, evaluateDeftest, evaluateIs } from './definitions.js'
import { evaluateThrow, evaluateTry } from './errors.js'
import {
  evaluateContextGet,
  evaluateDiscoverAgents,
  evaluateHostCall,
  evaluateLogStep,
  evaluateWithMetadata,
  evaluateWithResource,
} from './host-forms.js'
import { evaluateDotimes, evaluateFor, evaluateStepLoop } from './iteration.js'
import { evaluateLet, evaluateLoop, evaluateRecur } from './let.js'
import type { Machine } from './machine.js'
import { evaluateMatch } from './match.js'
import { evaluateImport, evaluateModule, evaluateObject } from './modules.js'
import { evaluateParallel, evaluateStepParallel } from './parallel.js'
import { readLocal, type Scope } from './scope.js'
import { evaluateStep, evaluateStepIf } from './steps.js'
import { evaluateConforms, evaluateThe } from './type-forms.js'

/** What each form means. Gives the machine a value, or the next thing to evaluate. */
export function evaluate(machine: Machine, expr: Expr, scope: Scope): Done {
  switch (expr.kind) {
    case 'literal':
    case 'quote':
    case 'symbol':
      return machine.give(readAtom(machine, expr, scope))
    case 'call':
      return evaluateCall(machine, expr, scope)
    case 'if':
      return machine.after(expr.test, scope, test => {
        if (isTruthy(test)) machine.evaluate(expr.then, scope)
        else if (expr.else !== undefined) machine.evaluate(expr.else, scope)
        else machine.give(null)
      })
    case 'do':
      return machine.body(expr.body, scope)
    case 'and':
      return evaluateAnd(machine, expr.operands, scope)
    case 'or':
      return evaluateOr(machine, expr.operands, scope)
    case 'fn':
      return machine.give(new Closure(expr, scope))
    case 'let':
      return evaluateLet(machine, expr, scope)
    case 'loop':
      return evaluateLoop(machine, expr, scope)
    case 'recur':
      return evaluateRecur(machine, expr, scope)
    case 'vector':
      return evaluateVector(machine, expr, scope)
    case 'map':
      return evaluateMap(machine, expr, scope)
    case 'quasiquote':
      return evaluateQuasiquote(machine, expr, scope)
    case 'match':
      return evaluateMatch(machine, expr, scope)
    case 'try':
      return evaluateTry(machine, expr, scope)
    case 'throw':
      return evaluateThrow(machine, expr, scope)
    case 'def':
      return evaluateDef(machine, expr, scope)
    case 'defn':
      return evaluateDefn(machine, expr, scope)
    case 'defstruct':
      return evaluateDefstruct(machine, expr, scope)
    case 'deftype':
      scope.unit.types.set(expr.name, expr.type.type)
      return machine.give(null)
    case 'defmacro':
      scope.unit.macros.add(expr.name)
      return machine.give(null)
    case 'deftest':
      return evaluateDeftest(machine, expr, scope)
    case 'is':
      return evaluateIs(machine, expr, scope)
    case 'the':
      return evaluateThe(machine, expr, scope)
    case 'conforms':
      return evaluateConforms(machine, expr, scope)
    case 'for':
      return evaluateFor(machine, expr, scope)
    case 'dotimes':
      return evaluateDotimes(machine, expr, scope)
    case 'step-loop':
      return evaluateStepLoop(machine, expr, scope)
    case 'parallel':
      return evaluateParallel(machine, expr, scope)
    case 'step-parallel':
      return evaluateStepParallel(machine, expr, scope)
    case 'step':
      return evaluateStep(machine, expr, scope)
    case 'step-if':
      return evaluateStepIf(machine, expr, scope)
    case 'with-resource':
      return evaluateWithResource(machine, expr, scope)
    case 'with-metadata':
      return evaluateWithMetadata(machine, expr, scope)
    case 'log-step':
      return evaluateLogStep(machine, expr, scope)
    case 'host-call':
      return evaluateHostCall(machine, expr, scope)
    case 'discover-agents':
      return evaluateDiscoverAgents(machine, expr, scope)
    case 'context-get':
      return evaluateContextGet(machine, expr, scope)
    case 'task-context':
      machine.at(expr, scope.unit)
      return machine.give(machine.services.taskField(expr.name))
    case 'resource-ref':
      machine.at(expr, scope.unit)
      return machine.give(machine.services.host.resource(expr.id))
    case 'import':
      return evaluateImport(machine, expr, scope)
    case 'module':
      return evaluateModule(machine, expr, scope)
    case 'object':
      return evaluateObject(machine, expr, scope)
    default:
      return assertNever(expr)
  }
}

/** Forms whose value is there at once. */
export type Atom = Literal | Quote | SymbolRef

export function isAtom(expr: Expr): expr is Atom {
  return expr.kind === 'symbol' || expr.kind === 'literal' || expr.kind === 'quote'
}

/** The value of a constant or a name (LANGUAGE §4.2). */
export function readAtom(machine: Machine, expr: Atom, scope: Scope): Value {
  if (expr.kind !== 'symbol') return expr.value
  machine.at(expr, scope.unit)
  if (expr.namespace !== undefined) return readQualified(expr.name, scope.unit, machine.services)
  const local = readLocal(scope, expr.name)
  if (local !== undefined) return local
  const value = readGlobal(expr.name, scope.unit, machine.services)
  if (value === undefined) throw undefinedSymbol(expr.name)
  return value
}

function evaluateAnd(machine: Machine, operands: readonly Expr[], scope: Scope, from: number = 0): Done {
  const operand = operands[from]
  if (operand === undefined) return machine.give(true)
  if (from === operands.length - 1) return machine.evaluate(operand, scope)
  machine.after(operand, scope, value => {
    if (isTruthy(value)) evaluateAnd(machine, operands, scope, from + 1)
    else machine.give(value)
  })
}

function evaluateOr(machine: Machine, operands: readonly Expr[], scope: Scope, from: number = 0): Done {
  const operand = operands[from]
  if (operand === undefined) return machine.give(null)
  if (from === operands.length - 1) return machine.evaluate(operand, scope)
  machine.after(operand, scope, value => {
    if (isTruthy(value)) machine.give(value)
    else evaluateOr(machine, operands, scope, from + 1)
  })
}
