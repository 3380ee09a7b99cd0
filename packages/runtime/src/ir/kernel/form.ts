import type { Span } from '@rtfs/core'

/*
 * What kernels are made of: expressions over numbers whose types are known, with places to go back to. A form gives a
 * value of its type, or none (`again`, `leave`).
 *
 * `leave` stands for everything that is not for kernels. Nothing that a kernel did until then is kept: the closures do
 * it again. So kernels have no errors, and the order in which they compute and count does not show.
 */

/** An Integer that is a safe number; a Float; true or false. */
export type Numeric = 'int' | 'float' | 'bool'

export type Form =
  | { readonly kind: 'constant'; readonly type: Numeric; readonly value: number }
  | { readonly kind: 'read'; readonly type: Numeric; readonly local: number }
  | {
      readonly kind: 'operation'
      readonly type: Numeric
      readonly operation: Operation
      readonly args: readonly Form[]
    }
  /** `type` is that of the ways that give a value. */
  | {
      readonly kind: 'choice'
      readonly type: Numeric | 'none'
      readonly test: Form
      readonly whenTrue: Form
      readonly whenFalse: Form
    }
  | {
      readonly kind: 'bind'
      readonly type: Numeric | 'none'
      readonly local: number
      readonly value: Form
      readonly body: Form
    }
  | {
      readonly kind: 'charge'
      readonly type: Numeric | 'none'
      readonly units: number
      readonly body: Form
    }
  | {
      readonly kind: 'loop'
      readonly type: Numeric | 'none'
      readonly id: number
      readonly locals: readonly number[]
      readonly inits: readonly Form[]
      readonly body: Form
    }
  /** The next round of the loop `id`, or of the function itself. Its charge is its own. */
  | {
      readonly kind: 'again'
      readonly type: 'none'
      readonly span: Span
      readonly id: number
      readonly locals: readonly number[]
      readonly args: readonly Form[]
    }
  /** A call of the function itself that is not a tail call. Its charge is its own. */
  | { readonly kind: 'call'; readonly type: Numeric; readonly args: readonly Form[] }
  | { readonly kind: 'leave'; readonly type: 'none' }

/** Operations of integers leave when the result is not a safe integer, divisions when the divisor is 0. */
export type Operation =
  | `${'add' | 'sub' | 'mul' | 'quot' | 'rem' | 'mod' | 'max' | 'min' | 'neg' | 'abs'}-int`
  | `${'add' | 'sub' | 'mul' | 'div' | 'quot' | 'max' | 'min' | 'neg' | 'abs' | 'sqrt'}-float`
  | `${Comparison}-int`
  | `${Comparison}-float`
  | 'equal-bool'
  | 'unequal-bool'
  | 'even'
  | 'odd'
  | 'not'
  | 'to-float'
  /** From Float to Integer. */
  | 'floor'
  | 'ceil'
  | 'round'
  | 'truncate'

export type Comparison = 'less' | 'less-equal' | 'greater' | 'greater-equal' | 'equal' | 'unequal'

/** A body with its locals; the first of them are its parameters. */
export interface KernelFunction {
  /** What `again` calls the body. */
  readonly id: number
  readonly body: Form
  readonly locals: readonly Numeric[]
  readonly params: number
  /** How many of the first parameters `again` gives new values. */
  readonly variables: number
  /** `none` for the rounds of a loop. */
  readonly result: Numeric | 'none'
}

export const leave: Form = { kind: 'leave', type: 'none' }

export function operation(name: Operation, type: Numeric, ...args: readonly Form[]): Form {
  return { kind: 'operation', type, operation: name, args }
}

export function constant(value: number, type: Numeric): Form {
  return { kind: 'constant', type, value }
}

/** True when a form of the kind is in a form. */
export function contains(form: Form, wanted: (form: Form) => boolean): boolean {
  return wanted(form) || partsOf(form).some(part => contains(part, wanted))
}

function partsOf(form: Form): readonly Form[] {
  switch (form.kind) {
    case 'constant':
    case 'read':
    case 'leave':
      return []
    case 'operation':
    case 'again':
    case 'call':
      return form.args
    case 'choice':
      return [form.test, form.whenTrue, form.whenFalse]
    case 'bind':
      return [form.value, form.body]
    case 'charge':
      return [form.body]
    case 'loop':
      return [...form.inits, form.body]
  }
}
