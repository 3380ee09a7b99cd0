import type { Operation } from '../form.js'
import type { Body, Label } from './body.js'
import { code, f64, i64 } from './opcodes.js'

const safe = Number.MAX_SAFE_INTEGER

/** Emits an operation whose operands are on the stack; branches to `leave` where it has no result for kernels. */
export function emitOperation(body: Body, name: Operation, leave: Label): void {
  const simple = plain.get(name)
  if (simple !== undefined) {
    body.op(...simple)
    return
  }
  switch (name) {
    case 'add-int':
      requireSafe(body.op(code.i64Add), leave)
      return
    case 'sub-int':
      requireSafe(body.op(code.i64Sub), leave)
      return
    case 'mul-int':
      multiply(body, leave)
      return
    case 'neg-int': {
      const a = body.temporary(i64, 'a')
      body.set(a).i64(0).get(a).op(code.i64Sub)
      return
    }
    case 'abs-int': {
      const a = body.temporary(i64, 'a')
      body.set(a).i64(0).get(a).op(code.i64Sub).get(a).get(a).i64(0).op(code.i64LtS, code.select)
      return
    }
    case 'quot-int':
      requireDivisor(body, leave).op(code.i64DivS)
      return
    case 'rem-int':
      requireDivisor(body, leave).op(code.i64RemS)
      return
    case 'mod-int': {
      requireDivisor(body, leave).op(code.i64RemS)
      const divisor = body.temporary(i64, 'b')
      const remainder = body.temporary(i64, 'a')
      body.tee(remainder).get(divisor).op(code.i64Add).get(remainder)
      body.get(remainder).i64(0).op(code.i64Ne)
      body.get(remainder).get(divisor).op(code.i64Xor).i64(0).op(code.i64LtS, code.i32And, code.select)
      return
    }
    case 'max-int':
      chosen(body, code.i64GtS)
      return
    case 'min-int':
      chosen(body, code.i64LtS)
      return
    case 'max-float':
      chosenFloat(body, code.f64Gt)
      return
    case 'min-float':
      chosenFloat(body, code.f64Lt)
      return
    case 'div-float':
      requireFloatDivisor(body, leave).op(code.f64Div)
      return
    case 'quot-float':
      requireFloatDivisor(body, leave).op(code.f64Div, code.f64Trunc)
      return
    case 'sqrt-float': {
      const a = body.temporary(f64, 'a')
      body.tee(a).f64(0).op(code.f64Lt).branchIf(leave).get(a).op(code.f64Sqrt)
      return
    }
    case 'floor':
      toInteger(body.op(code.f64Floor), leave)
      return
    case 'ceil':
      toInteger(body.op(code.f64Ceil), leave)
      return
    case 'truncate':
      toInteger(body.op(code.f64Trunc), leave)
      return
    case 'round': {
      // Halves go away from zero; the difference to the whole number is exact.
      const a = body.temporary(f64, 'a')
      const whole = body.temporary(f64, 'b')
      body.tee(a).op(code.f64Trunc).set(whole)
      body.get(whole).f64(1).get(a).op(code.f64Copysign, code.f64Add).get(whole)
      body.get(a).get(whole).op(code.f64Sub, code.f64Abs).f64(0.5).op(code.f64Ge, code.select)
      toInteger(body, leave)
      return
    }
    case 'even':
      body.op(code.i32WrapI64).i32(1).op(code.i32And, code.i32Eqz)
      return
    case 'odd':
      body.op(code.i32WrapI64).i32(1).op(code.i32And)
      return
    default:
      throw new Error(`operation ${name} has no instructions`)
  }
}

const plain: ReadonlyMap<Operation, readonly number[]> = new Map<Operation, readonly number[]>([
  ['add-float', [code.f64Add]],
  ['sub-float', [code.f64Sub]],
  ['mul-float', [code.f64Mul]],
  ['neg-float', [code.f64Neg]],
  ['abs-float', [code.f64Abs]],
  ['to-float', [code.f64ConvertI64S]],
  ['not', [code.i32Eqz]],
  ['equal-bool', [code.i32Eq]],
  ['unequal-bool', [code.i32Ne]],
  ['less-int', [code.i64LtS]],
  ['less-equal-int', [code.i64LeS]],
  ['greater-int', [code.i64GtS]],
  ['greater-equal-int', [code.i64GeS]],
  ['equal-int', [code.i64Eq]],
  ['unequal-int', [code.i64Ne]],
  ['less-float', [code.f64Lt]],
  ['less-equal-float', [code.f64Le]],
  ['greater-float', [code.f64Gt]],
  ['greater-equal-float', [code.f64Ge]],
  ['equal-float', [code.f64Eq]],
  ['unequal-float', [code.f64Ne]],
])

/** Leaves unless the integer on the stack is a safe one. */
function requireSafe(body: Body, leave: Label): void {
  const result = body.temporary(i64, 'a')
  body
    .tee(result)
    .i64(safe)
    .op(code.i64Add)
    .i64(2n * BigInt(safe))
    .op(code.i64GtU)
    .branchIf(leave)
    .get(result)
}

/** Of two safe numbers: rounding is monotone, so a product of Floats within the safe ones says that it is exact. */
function multiply(body: Body, leave: Label): void {
  const a = body.temporary(i64, 'a')
  const b = body.temporary(i64, 'b')
  body.set(b).tee(a).op(code.f64ConvertI64S).get(b).op(code.f64ConvertI64S, code.f64Mul, code.f64Abs)
  body.f64(safe).op(code.f64Gt).branchIf(leave)
  body.get(a).get(b).op(code.i64Mul)
}

function requireDivisor(body: Body, leave: Label): Body {
  const divisor = body.temporary(i64, 'b')
  return body.tee(divisor).op(code.i64Eqz).branchIf(leave).get(divisor)
}

function requireFloatDivisor(body: Body, leave: Label): Body {
  const divisor = body.temporary(f64, 'b')
  return body.tee(divisor).f64(0).op(code.f64Eq).branchIf(leave).get(divisor)
}

/** `b` when it compares so with `a`, else `a`. */
function chosen(body: Body, comparison: number): void {
  const a = body.temporary(i64, 'a')
  const b = body.temporary(i64, 'b')
  body.set(b).set(a).get(b).get(a).get(b).get(a).op(comparison, code.select)
}

/** The same; of a NaN and a number the NaN, of two NaNs the first, which no program can tell apart. */
function chosenFloat(body: Body, comparison: number): void {
  const a = body.temporary(f64, 'a')
  const b = body.temporary(f64, 'b')
  body.set(b).set(a).get(b).get(a)
  body.get(b).get(a).op(comparison).get(b).get(b).op(code.f64Ne, code.i32Or, code.select)
}

/** The Integer of a whole Float; leaves for NaN, infinities and what is not safe. */
function toInteger(body: Body, leave: Label): void {
  const a = body.temporary(f64, 'a')
  body.tee(a).op(code.f64Abs).f64(safe).op(code.f64Le, code.i32Eqz).branchIf(leave)
  body.get(a).op(code.i64TruncF64S)
}
