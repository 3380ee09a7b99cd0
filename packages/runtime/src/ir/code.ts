import type { Span, Value } from '@rtfs/core'
import type { LambdaNode } from '@rtfs/ir'
import type { Cell, UnitFrame } from '../shared/environment.js'
import type { DelegatedFunction, Place } from '../shared/services.js'
import type { IrClosure } from './closure.js'

/*
 * IR compiled to JavaScript closures. A `Code` is one node; it reads and writes the frame of the function call it
 * belongs to. Slot 0 of a frame is the captures array of the running closure, whose own slot 0 is the closure itself.
 */

/** What a frame slot may hold: a value, a cell that closures share, or the captures of the running closure. */
export type Slot = Value | Cell | readonly Slot[] | undefined

/** The slots of one function call. */
export type Frame = Slot[]

/** One compiled node. Gives a value, or one of the signals `tailCall` and `recurring`. */
export type Code = (frame: Frame) => Value

/** Puts an argument where the parameter's pattern says; `site` is the call's. */
export type Binder = (frame: Frame, value: Value, site: Place) => void

/** A compiled lambda, shared by all closures made of it. */
export interface FunctionCode {
  readonly node: LambdaNode
  /** The frame of the unit that the lambda stands in. */
  readonly unit: UnitFrame
  readonly name: string
  readonly arity: number
  readonly hasRest: boolean
  /** Makes a frame with the captures in slot 0 and room for all locals. */
  readonly makeFrame: (captures: readonly Slot[]) => Frame
  /** True when arguments go straight to slots 1…arity: no patterns, annotations or rest. */
  readonly simple: boolean
  /** True when the call may be answered elsewhere. May change between runs, with the rules of the engine. */
  delegates: boolean
  /** True when a call needs nothing but a frame: simple, and answered nowhere else. Changes with `delegates`. */
  direct: boolean
  /** Compiles the body again: its calls of itself depend on `direct`. */
  readonly recompile: () => void
  /** For functions that are not simple: binds the arguments, checked and destructured. */
  readonly bind: (frame: Frame, args: readonly Value[], site: Place) => void
  /** Set once, when the body is compiled. */
  body: Code
  /** Checks the value on exit; `undefined` without a return annotation. */
  readonly checkReturn: ((value: Value) => Value) | undefined
  /** Calls a closure of this code from another tier; the call is charged already. */
  readonly callFrom: (closure: IrClosure, args: readonly Value[], span: Span) => Value
  /** What delegation knows of it; `undefined` for anonymous functions. */
  readonly delegated: DelegatedFunction | undefined
}

/** Allocates frames of one size; literals are much cheaper than `new Array(n)` with a run-time length. */
export function frameMaker(size: number): (captures: readonly Slot[]) => Frame {
  switch (size) {
    case 1:
      return captures => [captures]
    case 2:
      return captures => [captures, undefined]
    case 3:
      return captures => [captures, undefined, undefined]
    case 4:
      return captures => [captures, undefined, undefined, undefined]
    case 5:
      return captures => [captures, undefined, undefined, undefined, undefined]
    case 6:
      return captures => [captures, undefined, undefined, undefined, undefined, undefined]
    case 7:
      return captures => [captures, undefined, undefined, undefined, undefined, undefined, undefined]
    case 8:
      return captures => [
        captures,
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
      ]
    default:
      return captures => {
        const frame: Frame = new Array(size)
        frame.fill(undefined)
        frame[0] = captures
        return frame
      }
  }
}
