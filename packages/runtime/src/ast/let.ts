import type { Value } from '@rtfs/core'
import type { Binding, Let, Loop, Recur } from '@rtfs/parser'
import { chargeIteration } from '../shared/charges.js'
import { checkType, patternLabel } from '../shared/checks.js'
import type { Cell } from '../shared/environment.js'
import { bind } from './bind.js'
import { Closure } from './closure.js'
import type { Done } from './continuation.js'
import { definedNames } from './defined-names.js'
import { NewFrame } from './frame.js'
import type { Machine } from './machine.js'
import { reenterFunction } from './parameters.js'
import { recurTarget, type Scope } from './scope.js'

/** `let` (LANGUAGE §5.2): inits in order; functions of one `let` see each other. */
export function evaluateLet(machine: Machine, node: Let, scope: Scope): Done {
  const frame = new NewFrame(scope, definedNames(node.body))
  bindAll(machine, node.bindings, frame, 'let', () => machine.body(node.body, frame.full))
}

/** `loop` (LANGUAGE §5.3) binds like `let` and is a place for `recur` to go back to. */
export function evaluateLoop(machine: Machine, node: Loop, scope: Scope): Done {
  const frame = new NewFrame(scope.withLoop(node), definedNames(node.body))
  bindAll(machine, node.bindings, frame, 'loop', () => machine.body(node.body, frame.full))
}

/** Binds all bindings of a form, then goes on with `done`. */
export function bindAll(
  machine: Machine,
  bindings: readonly Binding[],
  frame: NewFrame,
  form: 'let' | 'loop' | 'for',
  done: () => Done,
): Done {
  const cells = functionCells(bindings, frame)
  bindFrom(machine, bindings, cells, frame, form, 0, done)
}

/** The cells of the bindings whose init is a function: there before the first init runs. */
function functionCells(bindings: readonly Binding[], frame: NewFrame): readonly (Cell | undefined)[] {
  return bindings.map(({ pattern, init }) =>
    init.kind === 'fn' && pattern.kind === 'bind' ? frame.functionCell(pattern.name) : undefined,
  )
}

function bindFrom(
  machine: Machine,
  bindings: readonly Binding[],
  cells: readonly (Cell | undefined)[],
  frame: NewFrame,
  form: 'let' | 'loop' | 'for',
  index: number,
  done: () => Done,
): Done {
  const binding = bindings[index]
  if (binding === undefined) return done()
  const goOn = () => bindFrom(machine, bindings, cells, frame, form, index + 1, done)
  const cell = cells[index]
  // A function sees itself first, then what was bound before it, then the functions after it.
  const scope = cell === undefined ? frame.plain : frame.full.with(cell.name, cell)
  machine.after(binding.init, scope, init => {
    const value = annotated(machine, binding, init, form, binding.init, frame.plain)
    if (cell !== undefined) {
      cell.value = value
      frame.bindCell(cell.name, cell)
      goOn()
    } else if (bind(machine, binding.pattern, value, frame, goOn)) {
      goOn()
    }
  })
}

/** The value, checked against the binding's annotation; errors are reported at `at`. */
function annotated(
  machine: Machine,
  binding: Binding,
  value: Value,
  form: 'let' | 'loop' | 'for',
  at: { readonly start: number; readonly end: number },
  scope: Scope,
): Value {
  if (binding.type === undefined) return value
  machine.at(at, scope.unit)
  const path = `${form} ${patternLabel(binding.pattern)}`
  return checkType(value, binding.type.type, path, scope.unit.resolveType, undefined, machine.meter)
}

/** `recur`: all values first, then the bindings of its target anew, then its body. Always a proper tail call. */
export function evaluateRecur(machine: Machine, node: Recur, scope: Scope): Done {
  machine.all(node.args, scope, values => {
    machine.at(node, scope.unit)
    chargeIteration(machine.meter)
    const target = recurTarget(scope)
    if (target instanceof Closure) return reenterFunction(machine, target, values, node, scope.unit)
    const { loop, outer } = target
    const checked = values.map((value, i) => {
      return annotated(machine, loop.bindings[i]!, value, 'loop', node.args[i]!, scope)
    })
    const frame = new NewFrame(outer.withLoop(loop), definedNames(loop.body))
    rebind(machine, loop, checked, frame, 0)
  })
}

function rebind(machine: Machine, loop: Loop, values: readonly Value[], frame: NewFrame, from: number): Done {
  for (let i = from; i < values.length; i++) {
    const next = i + 1
    const goOn = () => rebind(machine, loop, values, frame, next)
    if (!bind(machine, loop.bindings[i]!.pattern, values[i]!, frame, goOn)) return
  }
  machine.body(loop.body, frame.full)
}
