import { equals, isTruthy, type Value } from '@rtfs/core'
import type { DeftestNode, IsNode } from '@rtfs/ir'
import { testFailed } from '../shared/testing.js'
import { declareVariables } from './bindings.js'
import type { Compile } from './calls.js'
import type { Code } from './code.js'
import { compileBody } from './control.js'
import { locateAt } from './placed.js'
import { type Scope, siteOf } from './scope.js'

/** `deftest`: runs only when the test tool asks (LANGUAGE §5.15a). */
export function compileDeftest(node: DeftestNode, scope: Scope, compile: Compile): Code {
  const declare = declareVariables(node.declares, scope)
  const body = compileBody(node.body, scope, compile)
  const { machine, unit } = scope
  return current => {
    // The test runs after the call that it stands in, whose frame may then serve another one.
    const frame = current.slice()
    const run = (): Value => {
      // A run of its own, with its own account.
      machine.begin(machine.services)
      declare?.(frame)
      return body(frame)
    }
    machine.services.registerTest(node.name, run, unit)
    return null
  }
}

/** `(is form message?)`. Of `(is (= a b))` both values are shown. */
export function compileIs(node: IsNode, scope: Scope, compile: Compile): Code {
  const { equality, text, message } = node
  const { machine } = scope
  const site = siteOf(node, scope)
  const said = message === undefined ? () => undefined : compile(message, scope)
  if (equality === undefined) {
    const form = compile(node.form, scope)
    return frame => {
      const value = form(frame)
      if (isTruthy(value)) return value
      throw locateAt(testFailed(text, said(frame), undefined), site)
    }
  }
  const left = compile(equality[0], scope)
  const right = compile(equality[1], scope)
  const formSite = siteOf(node.form, scope)
  return frame => {
    const a = left(frame)
    const b = right(frame)
    machine.charge(formSite)
    if (equals(a, b, machine.meter)) return true
    throw locateAt(testFailed(text, said(frame), [a, b]), site)
  }
}
