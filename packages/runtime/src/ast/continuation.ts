import type { RtfsError, RtfsErrorValue, Span, Suspended, Value } from '@rtfs/core'
import type { Call } from '@rtfs/parser'
import type { UnitFrame } from '../shared/environment.js'
import type { Closure } from './closure.js'
import type { Scope } from './scope.js'

/**
 * What functions that drive the machine give back: nothing. `return machine.give(x)` only says that this is the last
 * thing they do.
 */
export type Done = undefined

/** An error that `catch` may see. */
export type CatchableError = RtfsError & { readonly value: RtfsErrorValue }

/** What is done with the value that the machine is about to have. The machine's stack holds these. */
export type Continuation = Then | PendingCall | Return | Guard

/** Goes on with the value. */
export interface Then {
  readonly kind: 'then'
  readonly next: (value: Value) => Done
}

/** A call whose operator and arguments are being evaluated. */
export interface PendingCall {
  readonly kind: 'call'
  readonly node: Call
  readonly scope: Scope
  callee: Value | undefined
  readonly args: Value[]
}

/** A closure call in progress: checks the result, leaves the depth. A proper tail call takes the entry over. */
export interface Return {
  readonly kind: 'return'
  closure: Closure
  /** What was called; `closure` is what runs by now, after tail calls. */
  readonly called: Closure
  /** Where the call stands, for the call stack of errors. */
  readonly span: Span
  readonly unit: UnitFrame
}

/**
 * A form that wants to know how its part ends. Exactly one of the four runs. `fail` goes on in another way or throws;
 * `suspend` may hold the signal back; `abandon` only tidies up before a signal or an error that ends the run passes.
 */
export interface Guard {
  readonly kind: 'guard'
  readonly leave: (value: Value) => Done
  readonly fail?: (error: CatchableError) => Done
  readonly suspend?: (signal: Suspended) => Done
  readonly abandon?: () => void
}
