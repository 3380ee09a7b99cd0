import { decodeUtf8 } from '@rtfs/core'

/** Reads what `ByteWriter` writes. Throws RangeError for bytes that are cut off or malformed. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly end: number
  at: number

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.#bytes = bytes
    this.at = at
    this.end = end
  }

  get done(): boolean {
    return this.at >= this.end
  }

  byte(): number {
    if (this.at >= this.end) throw new RangeError('unexpected end of bytes')
    return this.#bytes[this.at++]!
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(): number {
    let result = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte()
      if (shift === 28 && byte > 0x0f) throw new RangeError('integer too large')
      result |= (byte & 0x7f) << shift
      if (byte < 0x80) return result >>> 0
    }
  }

  /** Signed LEB128 of at most 32 bits. */
  s32(): number {
    return this.#small() ?? Number(this.#signed(32))
  }

  /** Signed LEB128 of at most 33 bits: block types. */
  s33(): number {
    return this.#small() ?? Number(this.#signed(33))
  }

  /** Signed LEB128 of at most 64 bits. */
  s64(): bigint {
    return this.#signed(64)
  }

  /** What most numbers are: of at most four groups, so that 32-bit arithmetic reads them. Else nothing is read. */
  #small(): number | undefined {
    let result = 0
    let at = this.at
    for (let shift = 0; shift < 28 && at < this.end; shift += 7) {
      const byte = this.#bytes[at++]!
      result |= (byte & 0x7f) << shift
      if (byte >= 0x80) continue
      this.at = at
      const unused = 25 - shift
      return (result << unused) >> unused
    }
    return undefined
  }

  #signed(bits: number): bigint {
    let result = 0n
    let shift = 0
    for (;;) {
      const byte = this.byte()
      result |= BigInt(byte & 0x7f) << BigInt(shift)
      shift += 7
      if (byte < 0x80) {
        if (byte >= 0x40) result -= 1n << BigInt(shift)
        if (BigInt.asIntN(bits, result) !== result) throw new RangeError('integer too large')
        return result
      }
      if (shift >= bits) throw new RangeError('integer too large')
    }
  }

  f64(): number {
    const bytes = this.bytes(8)
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true)
  }

  /** The next `length` bytes, not copied. */
  bytes(length: number): Uint8Array {
    if (length > this.end - this.at) throw new RangeError('unexpected end of bytes')
    const part = this.#bytes.subarray(this.at, this.at + length)
    this.at += length
    return part
  }

  /** Length-prefixed UTF-8. */
  name(): string {
    const bytes = this.bytes(this.u32())
    // Names are short and mostly ASCII, where a decoder's start-up would cost more than the work.
    if (bytes.length < 32 && bytes.every(byte => byte < 0x80)) return String.fromCharCode(...bytes)
    const text = decodeUtf8(bytes)
    if (text === undefined) throw new RangeError('malformed UTF-8')
    return text
  }

  /** A count that must be backed by at least one byte each, so that it cannot make anyone allocate. */
  count(): number {
    const count = this.u32()
    if (count > this.end - this.at) throw new RangeError('count beyond the end')
    return count
  }
}
