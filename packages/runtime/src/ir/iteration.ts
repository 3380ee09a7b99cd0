import { isTruthy, RtfsVector, type Value } from '@rtfs/core'
import { type DotimesNode, type ForNode, type IrForClause, placeOf } from '@rtfs/ir'
import { chargeResult } from '../shared/charges.js'
import { countOf, elementsOf } from '../shared/iteration.js'
import { compileBinding, compilePattern, declareVariables, patternVariables } from './bindings.js'
import type { Compile } from './calls.js'
import type { Code, Frame } from './code.js'
import { compileBody } from './control.js'
import { locateAt, placed } from './placed.js'
import { compileWrite } from './references.js'
import { type Scope, siteOf } from './scope.js'

/** `dotimes`: the body with 0 … n−1; nil (LANGUAGE §5.12). */
export function compileDotimes(node: DotimesNode, scope: Scope, compile: Compile): Code {
  const count = compile(node.count, scope)
  const site = siteOf(node, scope)
  const countSite = siteOf({ span: placeOf(node.count) }, scope)
  const declare = declareVariables([node.variable, ...node.declares], scope)
  const write = compileWrite(node.variable, scope)
  const body = compileBody(node.body, scope, compile)
  const { machine } = scope
  return frame => {
    const value = count(frame)
    const rounds = placed(countSite, () => countOf(value))
    for (let i = 0; i < rounds; i++) {
      machine.charge(site)
      declare?.(frame)
      write(frame, i)
      body(frame)
    }
    return null
  }
}

/** A clause of a `for`: runs the rest for each of its elements. False stops the innermost binding (`:while`). */
type Round = (frame: Frame, out: Value[]) => boolean

/** `for`: nested, rightmost fastest; the vector of the body's values (LANGUAGE §5.12). */
export function compileFor(node: ForNode, scope: Scope, compile: Compile): Code {
  const { machine } = scope
  const site = siteOf(node, scope)
  const innermost = (): Round => {
    const declare = declareVariables(node.declares, scope)
    const body = compileBody(node.body, scope, compile)
    return (frame, out) => {
      declare?.(frame)
      const value = body(frame)
      try {
        chargeResult(machine.meter, out.length + 1)
      } catch (error) {
        throw locateAt(error, site)
      }
      out.push(value)
      return true
    }
  }
  const run = compileClauses(node.clauses, 0, scope, compile, innermost)
  return frame => {
    const out: Value[] = []
    run(frame, out)
    return RtfsVector.adopt(out)
  }
}

function compileClauses(
  clauses: readonly IrForClause[],
  index: number,
  scope: Scope,
  compile: Compile,
  innermost: () => Round,
): Round {
  const clause = clauses[index]
  if (clause === undefined) return innermost()
  const next = (): Round => compileClauses(clauses, index + 1, scope, compile, innermost)
  switch (clause.kind) {
    case 'for-binding': {
      const collection = compile(clause.collection, scope)
      const collectionSite = siteOf({ span: placeOf(clause.collection) }, scope)
      const declare = declareVariables(patternVariables(clause.pattern), scope)
      const bind = compilePattern(clause.pattern, scope, compile)
      const rest = next()
      const { machine } = scope
      return (frame, out) => {
        const value = collection(frame)
        const elements = placed(collectionSite, () => elementsOf(value, machine.meter))
        for (let i = 0; i < elements.size; i++) {
          machine.charge(collectionSite)
          declare?.(frame)
          bind(frame, elements.at(i))
          if (!rest(frame, out)) break
        }
        return true
      }
    }
    case 'for-when': {
      const test = compile(clause.test, scope)
      const rest = next()
      return (frame, out) => (isTruthy(test(frame)) ? rest(frame, out) : true)
    }
    case 'for-while': {
      const test = compile(clause.test, scope)
      const rest = next()
      return (frame, out) => isTruthy(test(frame)) && rest(frame, out)
    }
    case 'for-let': {
      const declare = declareVariables(
        clause.bindings.flatMap(binding => patternVariables(binding.pattern)),
        scope,
      )
      const bindings = clause.bindings.map(binding => compileBinding(binding, scope, compile))
      const rest = next()
      return (frame, out) => {
        declare?.(frame)
        for (const bind of bindings) bind(frame)
        return rest(frame, out)
      }
    }
  }
}
