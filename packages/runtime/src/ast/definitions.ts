import { equals, isTruthy, type Value } from '@rtfs/core'
import type { Call, Def, Defn, Defstruct, Deftest, Fn, Is } from '@rtfs/parser'
import { BuiltinFunction } from '@rtfs/stdlib'
import { checkType } from '../shared/checks.js'
import { declarationOf, qualifiedName } from '../shared/declarations.js'
import { StructConstructor } from '../shared/functions.js'
import { testFailed } from '../shared/testing.js'
import { Closure } from './closure.js'
import type { Done } from './continuation.js'
import { definedNames } from './defined-names.js'
import { isAtom, readAtom } from './evaluate.js'
import { NewFrame } from './frame.js'
import { Machine } from './machine.js'
import { cellToDefine, type Scope } from './scope.js'

/** `(def name type? init)`: binds in the innermost frame; the value is the value (LANGUAGE §5.1). */
export function evaluateDef(machine: Machine, node: Def, scope: Scope): Done {
  const { init } = node
  if (init.kind === 'fn') return define(machine, node, named(init, node.name, scope), scope)
  machine.after(init, scope, value => define(machine, node, value, scope))
}

function define(machine: Machine, node: Def, init: Value, scope: Scope): Done {
  const { name, type } = node
  machine.at(node.init, scope.unit)
  const { resolveType } = scope.unit
  const value =
    type === undefined
      ? init
      : checkType(init, type.type, `def ${name}`, resolveType, undefined, machine.meter)
  cellToDefine(scope, name).value = value
  machine.give(value)
}

/** `(defn name …)`. */
export function evaluateDefn(machine: Machine, node: Defn, scope: Scope): Done {
  const closure = named(node.fn, node.name, scope)
  cellToDefine(scope, node.name).value = closure
  machine.give(closure)
}

/** A function that is defined under a name: what delegation knows it by. */
function named(fn: Fn, name: string, scope: Scope): Closure {
  const closure = new Closure(fn, scope, name)
  closure.delegated = {
    symbol: qualifiedName(scope.unit, name),
    name,
    isGlobal: scope.outer === undefined,
    unit: scope.unit,
    declaration: declarationOf(fn),
  }
  return closure
}

/** `defstruct`: a type alias and the function that checks its one argument (LANGUAGE §5.17). */
export function evaluateDefstruct(machine: Machine, node: Defstruct, scope: Scope): Done {
  const struct = new StructConstructor(node.name, node.type, scope.unit)
  scope.unit.types.set(node.name, node.type)
  cellToDefine(scope, node.name).value = struct
  machine.give(struct)
}

/** `deftest`: runs only when the test tool asks (LANGUAGE §5.15a). */
export function evaluateDeftest(machine: Machine, node: Deftest, scope: Scope): Done {
  const { services } = machine
  const run = () => {
    const test = new Machine(services, scope.unit)
    const frame = new NewFrame(scope, definedNames(node.body))
    return test.runFrom(() => test.body(node.body, frame.full))
  }
  services.registerTest(node.name, run, scope.unit)
  machine.give(null)
}

/** `(is form message?)`. Of `(is (= a b))` both values are shown. */
export function evaluateIs(machine: Machine, node: Is, scope: Scope): Done {
  const { form, message, text } = node
  if (form.kind === 'call' && isEquality(machine, form, scope)) {
    const [left, right] = form.args
    machine.after(left!, scope, a =>
      machine.after(right!, scope, b => {
        machine.at(form, scope.unit)
        machine.meter.charge(1)
        if (equals(a, b, machine.meter)) return machine.give(true)
        machine.afterMaybe(message, scope, said => {
          machine.at(node, scope.unit)
          throw testFailed(text, message === undefined ? undefined : said, [a, b])
        })
      }),
    )
    return
  }
  machine.after(form, scope, value => {
    if (isTruthy(value)) return machine.give(value)
    machine.afterMaybe(message, scope, said => {
      machine.at(node, scope.unit)
      throw testFailed(text, message === undefined ? undefined : said, undefined)
    })
  })
}

/** True for `(= a b)` with the library's `=`. */
function isEquality(machine: Machine, form: Call, scope: Scope): boolean {
  if (form.args.length !== 2 || form.callee.kind !== 'symbol' || form.callee.name !== '=') return false
  const callee = isAtom(form.callee) ? readAtom(machine, form.callee, scope) : undefined
  return callee instanceof BuiltinFunction && callee.name === '='
}
