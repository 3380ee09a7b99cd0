import { encodeUtf8 } from '@rtfs/core'

const low7 = 0x7fn

/** Growing bytes with the number formats of the WebAssembly binary format. */
export class ByteWriter {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Unsigned LEB128 of an integer in [0, 2^32). */
  u32(value: number): void {
    let rest = value >>> 0
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.byte(rest)
  }

  /** Signed LEB128 of an integer in [-2^31, 2^31). */
  s32(value: number): void {
    let rest = value | 0
    for (;;) {
      const group = rest & 0x7f
      rest >>= 7
      if ((rest === 0 && (group & 0x40) === 0) || (rest === -1 && (group & 0x40) !== 0)) {
        this.byte(group)
        return
      }
      this.byte(group | 0x80)
    }
  }

  /** Signed LEB128 of a 64-bit integer. */
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value)
    for (;;) {
      const group = Number(rest & low7)
      rest >>= 7n
      if ((rest === 0n && (group & 0x40) === 0) || (rest === -1n && (group & 0x40) !== 0)) {
        this.byte(group)
        return
      }
      this.byte(group | 0x80)
    }
  }

  /** Little-endian binary64. Every NaN is written as the canonical one, so that equal programs give equal bytes. */
  f64(value: number): void {
    this.#reserve(8)
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#length, 8)
    if (Number.isNaN(value)) view.setBigUint64(0, 0x7ff8000000000000n, true)
    else view.setFloat64(0, value, true)
    this.#length += 8
  }

  /** Length-prefixed UTF-8. */
  name(text: string): void {
    const bytes = encodeUtf8(text)
    this.u32(bytes.length)
    this.raw(bytes)
  }

  /** Appends another writer's bytes with their length in front. */
  sized(content: ByteWriter): void {
    this.u32(content.length)
    this.raw(content.view())
  }

  /** The bytes so far, not copied: valid until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** A copy of the bytes. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}
