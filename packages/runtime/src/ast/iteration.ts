import { budgetExhausted, isTruthy, type RtfsSequence, RtfsVector, type Value } from '@rtfs/core'
import type { Dotimes, For, StepLoop } from '@rtfs/parser'
import { chargeIteration, chargeResult } from '../shared/charges.js'
import { countOf, elementsOf } from '../shared/iteration.js'
import { noStepOptions } from '../shared/steps.js'
import { bind } from './bind.js'
import type { Done } from './continuation.js'
import { definedNames } from './defined-names.js'
import { NewFrame } from './frame.js'
import { bindAll } from './let.js'
import type { Machine } from './machine.js'
import type { Scope } from './scope.js'
import { reportStep } from './steps.js'

/** `dotimes`: the body with 0 … n−1, each in a frame of its own; nil (LANGUAGE §5.12). */
export function evaluateDotimes(machine: Machine, node: Dotimes, scope: Scope): Done {
  machine.after(node.count, scope, value => {
    machine.at(node.count, scope.unit)
    const count = countOf(value)
    const round = (i: number): Done => {
      if (i >= count) return machine.give(null)
      machine.at(node, scope.unit)
      chargeIteration(machine.meter)
      const frame = new NewFrame(scope, definedNames(node.body))
      frame.bind(node.name, i)
      machine.afterBody(node.body, frame.full, () => round(i + 1))
    }
    round(0)
  })
}

/** `step-loop`: while the test is truthy; the value of the last body (LANGUAGE §5.13). */
export function evaluateStepLoop(machine: Machine, node: StepLoop, scope: Scope): Done {
  const most = machine.meter.limits.loopIterations
  const round = (rounds: number, last: Value): Done => {
    machine.at(node, scope.unit)
    chargeIteration(machine.meter)
    machine.after(node.test, scope, test => {
      if (!isTruthy(test)) return machine.give(last)
      machine.at(node, scope.unit)
      if (rounds >= most) throw budgetExhausted('iterations', most)
      machine.after(node.body, scope, value => round(rounds + 1, value))
    })
  }
  machine.afterMaybe(node.options, scope, () => {
    reportStep(machine, node, 'step-loop', noStepOptions, scope)
    round(0, null)
  })
}

/** `for`: nested, the rightmost binding fastest; the vector of the body's values (LANGUAGE §5.12). */
export function evaluateFor(machine: Machine, node: For, scope: Scope): Done {
  new Comprehension(machine, node).clause(0, scope)
}

/** A binding being gone through: what is left of it, and the scope around it. */
interface Level {
  readonly clause: number
  readonly elements: RtfsSequence
  readonly scope: Scope
  next: number
}

/** One `for` in progress. The innermost binding that is not through is the last level. */
class Comprehension {
  readonly #machine: Machine
  readonly #node: For
  readonly #levels: Level[] = []
  readonly #results: Value[] = []

  constructor(machine: Machine, node: For) {
    this.#machine = machine
    this.#node = node
  }

  /** Goes on with the clause at `index`, or with the body after the last one. */
  clause(index: number, scope: Scope): Done {
    const machine = this.#machine
    const clause = this.#node.clauses[index]
    if (clause === undefined) return this.#body(scope)
    switch (clause.kind) {
      case 'for-binding':
        return machine.after(clause.collection, scope, value => {
          machine.at(clause.collection, scope.unit)
          const elements = elementsOf(value, machine.meter)
          this.#levels.push({ clause: index, elements, scope, next: 0 })
          this.#nextElement()
        })
      case 'for-when':
        return machine.after(clause.test, scope, test => {
          if (isTruthy(test)) this.clause(index + 1, scope)
          else this.#nextElement()
        })
      case 'for-while':
        return machine.after(clause.test, scope, test => {
          if (isTruthy(test)) return this.clause(index + 1, scope)
          this.#levels.pop()
          this.#nextElement()
        })
      case 'for-let': {
        const frame = new NewFrame(scope, none)
        return bindAll(machine, clause.bindings, frame, 'for', () => this.clause(index + 1, frame.full))
      }
    }
  }

  /** Takes the next element of the innermost binding that has one; without one the `for` is done. */
  #nextElement(): Done {
    const machine = this.#machine
    let level = this.#levels[this.#levels.length - 1]
    while (level !== undefined && level.next >= level.elements.size) {
      this.#levels.pop()
      level = this.#levels[this.#levels.length - 1]
    }
    if (level === undefined) return machine.give(RtfsVector.adopt(this.#results))
    const clause = this.#node.clauses[level.clause]!
    if (clause.kind !== 'for-binding') return
    machine.at(clause.collection, level.scope.unit)
    chargeIteration(machine.meter)
    const frame = new NewFrame(level.scope, none)
    const goOn = (next: number) => () => this.clause(next, frame.full)
    const then = goOn(level.clause + 1)
    if (bind(machine, clause.pattern, level.elements.at(level.next++), frame, then)) then()
  }

  /** The body in its frame: a name that a clause bound and the body defines too starts with the bound value. */
  #body(scope: Scope): Done {
    const machine = this.#machine
    const frame = new NewFrame(scope, definedNames(this.#node.body))
    const outermost = this.#levels[0]
    if (outermost !== undefined) frame.adoptBindings(scope, outermost.scope)
    machine.afterBody(this.#node.body, frame.full, value => {
      machine.at(this.#node, scope.unit)
      this.#results.push(value)
      chargeResult(machine.meter, this.#results.length)
      this.#nextElement()
    })
  }
}

const none: ReadonlySet<string> = new Set()
