import { isCatchable, isRtfsError, isSuspended, type Meter, type Span, type Value } from '@rtfs/core'
import type { Expr } from '@rtfs/parser'
import type { UnitFrame } from '../shared/environment.js'
import { locate } from '../shared/error-spans.js'
import type { Services } from '../shared/services.js'
import { noteFrame } from '../shared/stack-frames.js'
import { continueCall, leaveCall } from './calls.js'
import type { Continuation, Done, Guard } from './continuation.js'
import { evaluate, isAtom, readAtom } from './evaluate.js'
import type { Scope } from './scope.js'

/** Steps between two looks at the clock: some milliseconds. Fuel alone looks too seldom at this speed. */
const stepsPerLook = 16_384

/**
 * The evaluator's machine. It has an expression to evaluate, or a value for the continuation on top of its stack;
 * it goes on until the stack is empty. Nothing here recurses on the native stack, so programs nest as deep as the
 * limit allows. A call in tail position finds the `return` entry of its caller on top and takes it over.
 */
export class Machine {
  readonly services: Services
  readonly meter: Meter
  readonly stack: Continuation[] = []
  #expr: Expr | undefined
  #scope: Scope | undefined
  #value: Value = null
  /** Where an error raised now would be reported. */
  #span: Span = { start: 0, end: 0 }
  #unit: UnitFrame

  constructor(services: Services, unit: UnitFrame) {
    this.services = services
    this.meter = services.meter
    this.#unit = unit
  }

  /** Says where an error raised from now on is reported. */
  at(span: Span, unit: UnitFrame): Done {
    this.#span = span
    this.#unit = unit
  }

  /** The next thing to evaluate; its value is that of the form being evaluated. */
  evaluate(expr: Expr, scope: Scope): Done {
    this.#expr = expr
    this.#scope = scope
  }

  /** The value of the form being evaluated. */
  give(value: Value): Done {
    this.#expr = undefined
    this.#value = value
  }

  /** Evaluates a part, then goes on with its value. */
  after(expr: Expr, scope: Scope, next: (value: Value) => Done): Done {
    this.stack.push({ kind: 'then', next })
    this.evaluate(expr, scope)
  }

  /** Evaluates a part, unless there is none: then goes on with nil. */
  afterMaybe(expr: Expr | undefined, scope: Scope, next: (value: Value) => Done): Done {
    if (expr === undefined) next(null)
    else this.after(expr, scope, next)
  }

  /** Evaluates the forms in order; the value of the last is the value. */
  body(forms: readonly Expr[], scope: Scope, from: number = 0): Done {
    const form = forms[from]
    if (form === undefined) this.give(null)
    else if (from === forms.length - 1) this.evaluate(form, scope)
    else this.after(form, scope, () => this.body(forms, scope, from + 1))
  }

  /** Evaluates the forms in order, then goes on with the value of the last. */
  afterBody(forms: readonly Expr[], scope: Scope, next: (value: Value) => Done): Done {
    this.stack.push({ kind: 'then', next })
    this.body(forms, scope)
  }

  /** Evaluates the forms in order, then goes on with all their values. */
  all(forms: readonly Expr[], scope: Scope, next: (values: Value[]) => Done, values: Value[] = []): Done {
    while (values.length < forms.length) {
      const form = forms[values.length]!
      if (!isAtom(form)) {
        this.after(form, scope, value => {
          values.push(value)
          this.all(forms, scope, next, values)
        })
        return
      }
      values.push(readAtom(this, form, scope))
    }
    next(values)
  }

  /** Puts a guard around what is evaluated next. */
  guard(guard: Omit<Guard, 'kind'>): Done {
    this.stack.push({ kind: 'guard', ...guard })
  }

  /** Starts with `begin` and runs until the stack is empty; the value then. */
  runFrom(begin: () => Done): Value {
    let start: (() => Done) | undefined = begin
    let steps = 0
    for (;;) {
      try {
        if (start !== undefined) {
          const first: () => Done = start
          start = undefined
          first()
        }
        for (;;) {
          if (++steps % stepsPerLook === 0) this.meter.checkDeadline()
          const expr = this.#expr
          if (expr !== undefined) {
            this.#expr = undefined
            evaluate(this, expr, this.#scope!)
            continue
          }
          const continuation = this.stack.pop()
          if (continuation === undefined) return this.#value
          this.#resume(continuation, this.#value)
        }
      } catch (error) {
        this.#unwind(error)
      }
    }
  }

  #resume(continuation: Continuation, value: Value): Done {
    switch (continuation.kind) {
      case 'then':
        return continuation.next(value)
      case 'call':
        if (continuation.callee === undefined) continuation.callee = value
        else continuation.args.push(value)
        return continueCall(this, continuation)
      case 'return':
        return leaveCall(this, continuation, value)
      case 'guard':
        return continuation.leave(value)
    }
  }

  /** Takes entries off the stack until a guard deals with the error. Throws it when none does. */
  #unwind(error: unknown): Done {
    let current = locate(error, this.#span, this.#unit)
    this.#expr = undefined
    for (let entry = this.stack.pop(); entry !== undefined; entry = this.stack.pop()) {
      if (entry.kind === 'return') {
        this.meter.leave()
        if (isRtfsError(current)) noteFrame(current, entry.called.name, entry.span, entry.unit)
      } else if (entry.kind === 'guard') {
        try {
          if (isCatchable(current)) {
            if (entry.fail !== undefined) return entry.fail(current)
          } else if (isSuspended(current)) {
            if (entry.suspend !== undefined) return entry.suspend(current)
            entry.abandon?.()
          } else {
            entry.abandon?.()
          }
        } catch (next) {
          current = locate(next, this.#span, this.#unit)
        }
      }
    }
    throw current
  }
}
