/** Types of values that our modules use. */
export type ValueType = 'i32' | 'i64' | 'f64' | 'externref' | 'funcref'

export const valueTypeBytes: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f64: 0x7c,
  externref: 0x6f,
  funcref: 0x70,
}

/** The type a byte stands for; `undefined` for types outside our set. */
export function valueTypeOf(byte: number): ValueType | undefined {
  switch (byte) {
    case 0x7f:
      return 'i32'
    case 0x7e:
      return 'i64'
    case 0x7c:
      return 'f64'
    case 0x6f:
      return 'externref'
    case 0x70:
      return 'funcref'
    default:
      return undefined
  }
}

export interface FunctionType {
  readonly params: readonly ValueType[]
  readonly results: readonly ValueType[]
}

/** `(i32 i64) -> (externref)`: for messages, and as key of equal types. */
export function functionTypeText(type: FunctionType): string {
  return `(${type.params.join(' ')}) -> (${type.results.join(' ')})`
}
