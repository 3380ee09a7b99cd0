/*
 * The instructions of a loop kernel: one 32-bit word each, from the low byte up the operation, the target register,
 * the operands a and b. Registers hold Integers and Floats alike as plain numbers; which of the two a register holds
 * is known when the kernel is compiled, and Integers are always safe ones: an operation whose result is not leaves.
 *
 * `leave` ends the kernel in the middle of a round, whose registers are then as they were at its start.
 */
export const op = {
  /** Integer operations leave when the result is not a safe integer, or the divisor is 0. */
  addInt: 0,
  subInt: 1,
  mulInt: 2,
  quotInt: 3,
  remInt: 4,
  modInt: 5,
  addFloat: 6,
  subFloat: 7,
  mulFloat: 8,
  /** Leaves when the divisor is 0. */
  divFloat: 9,
  /** Leaves when the operand is negative. */
  sqrt: 10,
  negFloat: 11,
  abs: 12,
  max: 13,
  min: 14,
  move: 15,
  /** Branches: go on at the address in the next word unless it holds. */
  less: 16,
  lessOrEqual: 17,
  equal: 18,
  even: 19,
  jump: 20,
  /** Spends the fuel in the upper 24 bits. */
  charge: 21,
  /** Spends the fuel in the next word and starts the next round. */
  again: 22,
  /** Like `again`, and past the branch at the start of the code, whose operands it has, unless that would leave. */
  againIfLess: 23,
  leave: 24,
} as const

/** Registers of one kernel: what eight bits can name. */
export const maxRegisters = 256

/** Fuel that one instruction can spend. */
export const maxCharge = 0x7fffff

/** An instruction with registers. */
export function instruction(operation: number, target: number, a: number, b: number): number {
  return operation | (target << 8) | (a << 16) | (b << 24)
}

/** An instruction that spends fuel. */
export function spending(operation: number, units: number): number {
  return operation | (units << 8)
}
