import type { Span, Value } from '@rtfs/core'
import { TierFunction } from '../shared/functions.js'
import type { Services } from '../shared/services.js'
import type { FunctionCode, Slot } from './code.js'

/** A function value of the IR runtime: compiled code and the variables it captured. */
export class IrClosure extends TierFunction {
  readonly name: string | undefined
  readonly code: FunctionCode
  /** Slot 0 is this closure; then the captured variables, by value or as cells. */
  readonly captures: Slot[]
  constructor(code: FunctionCode, captures: Slot[]) {
    super()
    this.name = code.node.name
    this.code = code
    this.captures = captures
    captures[0] = this
  }

  call(args: readonly Value[], _services: Services, span: Span): Value {
    return this.code.callFrom(this, args, span)
  }
}
