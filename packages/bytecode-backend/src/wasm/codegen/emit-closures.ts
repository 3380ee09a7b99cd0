import type { LambdaNode, Variable } from '@rtfs/ir'
import { holdsItself, type LambdaFacts } from './facts.js'
import type { FunctionEmitter, Want } from './function-emitter.js'
import * as k from './kinds.js'

/** A function expression: a new closure object. */
export function emitClosure(e: FunctionEmitter, node: LambdaNode, want: Want): void {
  if (want === 'none') return
  pushClosure(e, e.module.facts.lambda(node), new Set())
  e.finishValue('externref', k.fn, want)
}

/** Variables whose values the closure objects of a function hold: all it needs but itself. */
export function heldVariables(
  lambda: LambdaFacts,
  functionOf: (id: number) => LambdaFacts | undefined,
): readonly Variable[] {
  return lambda.needs.filter(({ id }) => functionOf(id) !== lambda)
}

/** Pushes a new closure object. Objects of `missing` functions do not exist yet and are null for now. */
function pushClosure(e: FunctionEmitter, lambda: LambdaFacts, missing: ReadonlySet<LambdaFacts>): void {
  const { facts } = e.module
  const held = heldVariables(lambda, id => facts.functionOf(id))
  e.body.i32(e.module.closureIndex(lambda, e.version))
  for (const variable of held) {
    const known = facts.functionOf(variable.id)
    if (known !== undefined && missing.has(known)) e.body.nullReference()
    else pushReference(e, variable)
  }
  e.body.call(e.module.family('closure', held.length))
}

/** Pushes a variable as a reference: its value, its cell, its function object. */
function pushReference(e: FunctionEmitter, variable: Variable): void {
  const local = e.variable(variable)
  const kinds = e.module.inference.variableKinds(e.version, variable.id)
  e.finishValue(local.type, kinds, 'externref', () => e.body.localGet(local.index))
}

/**
 * Makes the objects of functions that are bound together, such as the functions of one `let`: each may hold the
 * others. Functions that are only ever called have none.
 */
export function emitFunctionGroup(e: FunctionEmitter, group: readonly LambdaFacts[]): void {
  const { facts } = e.module
  const made = group.filter(lambda => lambda.escapes)
  const missing = new Set(made)
  for (const lambda of made) {
    pushClosure(e, lambda, missing)
    e.body.localSet(e.place(lambda.binding as Variable).index)
    missing.delete(lambda)
  }
  made.forEach((lambda, position) => {
    heldVariables(lambda, id => facts.functionOf(id)).forEach((variable, slot) => {
      const known = facts.functionOf(variable.id)
      if (known === undefined || made.indexOf(known) <= position) return
      e.body.localGet(e.variable(lambda.binding as Variable).index).i32(slot)
      pushReference(e, variable)
      e.body.call(e.host('set-capture'))
    })
  })
}

/** Pushes the object of a function that its name always means. `variable` is the name that was read, if it is local. */
export function emitFunctionObject(
  e: FunctionEmitter,
  lambda: LambdaFacts,
  variable: number | undefined,
): void {
  const { facts } = e.module
  if (typeof lambda.binding === 'string') {
    // A function of the top level is made once.
    const index = e.module.closureIndex(lambda, e.module.inference.top)
    e.body.globalGet(e.module.constants.global({ kind: 'function', index }))
    return
  }
  const holder = lambda.binding ?? facts.variable(variable!)
  e.body.localGet(e.variable(holder).index)
}

/**
 * Makes the object of a function that is called where it stands, `((fn self [x] …) 1)`, when its code uses itself as
 * a value.
 */
export function emitSelfObject(e: FunctionEmitter, lambda: LambdaFacts): void {
  if (!holdsItself(lambda)) return
  pushClosure(e, lambda, new Set())
  e.body.localSet(e.place(lambda.node.self!).index)
}
