import type { ApplyNode, Node } from '@rtfs/ir'
import type { PlainInstruction } from '../encoder/instructions.js'
import type { FunctionEmitter, Operand } from './function-emitter.js'
import { numberOperand } from './inline-arithmetic.js'
import type { InlineCall, InlineRule } from './inline-calls.js'
import { bool, float, int, type Kinds, nil } from './kinds.js'

interface Comparison {
  readonly ints: PlainInstruction
  readonly floats: PlainInstruction
}

const equal: Comparison = { ints: 'i64.eq', floats: 'f64.eq' }
const unequal: Comparison = { ints: 'i64.ne', floats: 'f64.ne' }

export const comparison: readonly (readonly [string, InlineRule])[] = [
  ['<', ordering({ ints: 'i64.lt_s', floats: 'f64.lt' })],
  ['<=', ordering({ ints: 'i64.le_s', floats: 'f64.le' })],
  ['>', ordering({ ints: 'i64.gt_s', floats: 'f64.gt' })],
  ['>=', ordering({ ints: 'i64.ge_s', floats: 'f64.ge' })],
  ['==', ordering(equal)],
  ['=', equality(true)],
  ['!=', equality(false)],
  ['not=', equality(false)],
  ['not', (kinds, node) => negation(kinds, node)],
]

/** A literal int that is a double exactly may be compared with floats as one. */
function isExactLiteral(node: Node): boolean {
  return node.kind === 'literal' && typeof node.value === 'number'
}

/** How two neighbours compare: as ints, as floats, or not by instructions. */
function pairType(left: Node, right: Node, a: Kinds, b: Kinds): 'i64' | 'f64' | undefined {
  if (a === int && b === int) return 'i64'
  if (a === float && b === float) return 'f64'
  // An int compared with a float must not be rounded.
  if (a === float && b === int && isExactLiteral(right)) return 'f64'
  if (a === int && b === float && isExactLiteral(left)) return 'f64'
  return undefined
}

/** `(< a b …)`: all arguments are evaluated; each must be less than the next. */
function ordering(operation: Comparison): InlineRule {
  return (kinds, node) => {
    if (kinds.length < 2) return undefined
    const types = node.args.slice(1).map((right, index) => {
      return pairType(node.args[index]!, right, kinds[index]!, kinds[index + 1]!)
    })
    const [type] = types
    if (type === undefined || types.some(other => other !== type)) return undefined
    return {
      result: bool,
      emit(e, call) {
        const operands = call.args.map(arg => numberOperand(e, arg, type))
        e.spend(1, call.span)
        operands.slice(1).forEach((right, index) => {
          comparePair(e, operands[index]!, right, type === 'i64' ? operation.ints : operation.floats)
          if (index > 0) e.body.op('i32.and')
        })
        for (const { release } of operands) release()
      },
    }
  }
}

function comparePair(e: FunctionEmitter, x: Operand, y: Operand, op: PlainInstruction): void {
  x.push()
  y.push()
  e.body.op(op)
}

/** `(= a b)` and its negation, for two values that decide it by their kinds or as numbers. */
function equality(holds: boolean): InlineRule {
  return (kinds, node) => {
    if (kinds.length !== 2) return undefined
    const [a, b] = kinds as [Kinds, Kinds]
    const operation = holds ? equal : unequal
    if (a === int && b === int) return pairOf('i64', operation.ints)
    if (a === float && b === float) return pairOf('f64', operation.floats)
    if (a === bool && b === bool) return pairOf('i32', holds ? 'i32.eq' : 'i32.ne')
    if ((a & b) === 0 && !maybeSequences(a, b)) return constant(!holds)
    if (a === nil) return isNil(node.args[1]!, node.args[0]!, holds)
    if (b === nil) return isNil(node.args[0]!, node.args[1]!, holds)
    return undefined
  }
}

/** A vector may equal a list. */
function maybeSequences(a: Kinds, b: Kinds): boolean {
  const sequences = 64 | 128
  return (a & sequences) !== 0 && (b & sequences) !== 0
}

function pairOf(type: 'i32' | 'i64' | 'f64', op: PlainInstruction): InlineCall {
  return {
    result: bool,
    emit(e, node) {
      const x = e.operand(node.args[0]!, type)
      const y = e.operand(node.args[1]!, type)
      e.spend(1, node.span)
      comparePair(e, x, y, op)
      x.release()
      y.release()
    },
  }
}

/** The arguments are evaluated for what they do. */
function constant(value: boolean): InlineCall {
  return {
    result: bool,
    emit(e, node) {
      for (const arg of node.args) e.emit(arg, 'none')
      e.spend(1, node.span)
      e.body.i32(value ? 1 : 0)
    },
  }
}

function isNil(value: Node, other: Node, holds: boolean): InlineCall {
  return {
    result: bool,
    emit(e, node) {
      for (const arg of node.args) {
        if (arg === value) e.emit(arg, 'externref')
        else e.emit(other, 'none')
      }
      e.spend(1, node.span)
      e.body.op('ref.is_null')
      if (!holds) e.body.op('i32.eqz')
    },
  }
}

function negation(kinds: readonly Kinds[], node: ApplyNode): InlineCall | undefined {
  if (kinds.length !== 1) return undefined
  void node
  return {
    result: bool,
    emit(e, call) {
      e.emitTest(call.args[0]!)
      e.spend(1, call.span)
      e.body.op('i32.eqz')
    },
  }
}
