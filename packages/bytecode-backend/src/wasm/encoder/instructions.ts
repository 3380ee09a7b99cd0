/*
 * The instructions our modules consist of: what the encoder can write is what the decoder reads and the loader
 * accepts. Anything else in a module is refused.
 */

/** What follows the opcode. */
export type Immediate =
  | 'none'
  | 'block'
  | 'label'
  | 'labels'
  | 'function'
  | 'call-indirect'
  | 'local'
  | 'global'
  | 'table'
  | 'memory'
  | 'i32'
  | 'i64'
  | 'f64'
  | 'reference-type'
  | 'value-types'
  | 'memory-index'

interface Row {
  /** One byte, or 0xfc00 + sub-opcode for the prefixed ones. */
  readonly code: number
  readonly immediate: Immediate
}

function row(code: number): { readonly code: number; readonly immediate: 'none' }
function row<I extends Immediate>(
  code: number,
  immediate: I,
): { readonly code: number; readonly immediate: I }
function row(code: number, immediate: Immediate = 'none'): Row {
  return { code, immediate }
}

export const instructions = {
  unreachable: row(0x00),
  nop: row(0x01),
  block: row(0x02, 'block'),
  loop: row(0x03, 'block'),
  if: row(0x04, 'block'),
  else: row(0x05),
  // The first exception handling proposal: it is what every engine of today runs.
  try: row(0x06, 'block'),
  rethrow: row(0x09, 'label'),
  end: row(0x0b),
  br: row(0x0c, 'label'),
  br_if: row(0x0d, 'label'),
  br_table: row(0x0e, 'labels'),
  return: row(0x0f),
  call: row(0x10, 'function'),
  call_indirect: row(0x11, 'call-indirect'),
  return_call: row(0x12, 'function'),
  return_call_indirect: row(0x13, 'call-indirect'),
  catch_all: row(0x19),
  drop: row(0x1a),
  select: row(0x1b),
  'select t': row(0x1c, 'value-types'),
  'local.get': row(0x20, 'local'),
  'local.set': row(0x21, 'local'),
  'local.tee': row(0x22, 'local'),
  'global.get': row(0x23, 'global'),
  'global.set': row(0x24, 'global'),
  'table.get': row(0x25, 'table'),
  'table.set': row(0x26, 'table'),
  'i32.load': row(0x28, 'memory'),
  'i64.load': row(0x29, 'memory'),
  'f64.load': row(0x2b, 'memory'),
  'i32.store': row(0x36, 'memory'),
  'i64.store': row(0x37, 'memory'),
  'f64.store': row(0x39, 'memory'),
  'memory.size': row(0x3f, 'memory-index'),
  'i32.const': row(0x41, 'i32'),
  'i64.const': row(0x42, 'i64'),
  'f64.const': row(0x44, 'f64'),
  'i32.eqz': row(0x45),
  'i32.eq': row(0x46),
  'i32.ne': row(0x47),
  'i32.lt_s': row(0x48),
  'i32.lt_u': row(0x49),
  'i32.gt_s': row(0x4a),
  'i32.gt_u': row(0x4b),
  'i32.le_s': row(0x4c),
  'i32.le_u': row(0x4d),
  'i32.ge_s': row(0x4e),
  'i32.ge_u': row(0x4f),
  'i64.eqz': row(0x50),
  'i64.eq': row(0x51),
  'i64.ne': row(0x52),
  'i64.lt_s': row(0x53),
  'i64.lt_u': row(0x54),
  'i64.gt_s': row(0x55),
  'i64.gt_u': row(0x56),
  'i64.le_s': row(0x57),
  'i64.le_u': row(0x58),
  'i64.ge_s': row(0x59),
  'i64.ge_u': row(0x5a),
  'f64.eq': row(0x61),
  'f64.ne': row(0x62),
  'f64.lt': row(0x63),
  'f64.gt': row(0x64),
  'f64.le': row(0x65),
  'f64.ge': row(0x66),
  'i32.clz': row(0x67),
  'i32.add': row(0x6a),
  'i32.sub': row(0x6b),
  'i32.mul': row(0x6c),
  'i32.and': row(0x71),
  'i32.or': row(0x72),
  'i32.xor': row(0x73),
  'i32.shl': row(0x74),
  'i32.shr_s': row(0x75),
  'i32.shr_u': row(0x76),
  'i64.clz': row(0x79),
  'i64.ctz': row(0x7a),
  'i64.add': row(0x7c),
  'i64.sub': row(0x7d),
  'i64.mul': row(0x7e),
  'i64.div_s': row(0x7f),
  'i64.div_u': row(0x80),
  'i64.rem_s': row(0x81),
  'i64.rem_u': row(0x82),
  'i64.and': row(0x83),
  'i64.or': row(0x84),
  'i64.xor': row(0x85),
  'i64.shl': row(0x86),
  'i64.shr_s': row(0x87),
  'i64.shr_u': row(0x88),
  'f64.abs': row(0x99),
  'f64.neg': row(0x9a),
  'f64.ceil': row(0x9b),
  'f64.floor': row(0x9c),
  'f64.trunc': row(0x9d),
  'f64.nearest': row(0x9e),
  'f64.sqrt': row(0x9f),
  'f64.add': row(0xa0),
  'f64.sub': row(0xa1),
  'f64.mul': row(0xa2),
  'f64.div': row(0xa3),
  'f64.min': row(0xa4),
  'f64.max': row(0xa5),
  'f64.copysign': row(0xa6),
  'i32.wrap_i64': row(0xa7),
  'i64.extend_i32_s': row(0xac),
  'i64.extend_i32_u': row(0xad),
  'i64.trunc_f64_s': row(0xb0),
  'f64.convert_i32_s': row(0xb7),
  'f64.convert_i64_s': row(0xb9),
  'i64.reinterpret_f64': row(0xbd),
  'f64.reinterpret_i64': row(0xbf),
  'i64.extend32_s': row(0xc4),
  'ref.null': row(0xd0, 'reference-type'),
  'ref.is_null': row(0xd1),
  'ref.func': row(0xd2, 'function'),
  'i64.trunc_sat_f64_s': row(0xfc06),
} as const satisfies Readonly<Record<string, Row>>

export type InstructionName = keyof typeof instructions

/** Instructions with nothing after the opcode, other than those that shape control flow. */
export type PlainInstruction = Exclude<
  {
    [Name in InstructionName]: (typeof instructions)[Name]['immediate'] extends 'none' ? Name : never
  }[InstructionName],
  'unreachable' | 'return' | 'else' | 'end' | 'catch_all'
>

const byCode = new Map<number, { readonly name: InstructionName; readonly immediate: Immediate }>()

/** The instruction of an opcode; `undefined` for one outside our set. */
export function instructionOf(
  code: number,
): { readonly name: InstructionName; readonly immediate: Immediate } | undefined {
  if (byCode.size === 0) {
    for (const [name, { code: known, immediate }] of Object.entries(instructions)) {
      byCode.set(known, { name: name as InstructionName, immediate })
    }
  }
  return byCode.get(code)
}
