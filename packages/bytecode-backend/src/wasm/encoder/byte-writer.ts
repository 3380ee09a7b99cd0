import { encodeUtf8 } from '@rtfs/core'

const low7 = 0x7fn
const float = new DataView(new ArrayBuffer(8))

/** Growing bytes with the number formats of the WebAssembly binary format. */
export class ByteWriter {
  // Most of these are short; engines keep typed arrays of up to 64 bytes on their own heap, which is quick.
  #bytes = new Uint8Array(64)
  #length = 0

  get length(): number {
    return this.#length
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  raw(bytes: ArrayLike<number>): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Makes room for so many bytes more. */
  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    grown.set(this.#bytes)
    this.#bytes = grown
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
    if (value >= -0x80000000n && value <= 0x7fffffffn) {
      this.s32(Number(value))
      return
    }
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
    if (Number.isNaN(value)) float.setBigUint64(0, 0x7ff8000000000000n, true)
    else float.setFloat64(0, value, true)
    for (let i = 0; i < 8; i++) this.byte(float.getUint8(i))
  }

  /** Length-prefixed UTF-8. */
  name(text: string): void {
    if (isAscii(text)) {
      this.u32(text.length)
      for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i))
      return
    }
    const bytes = encodeUtf8(text)
    this.u32(bytes.length)
    this.raw(bytes)
  }

  /** Appends another writer's bytes with their length in front. */
  sized(content: ByteWriter): void {
    this.u32(content.length)
    this.part(content, 0, content.#length)
  }

  /** Appends a part of another writer's bytes. */
  part(content: ByteWriter, from: number, to: number): void {
    this.raw(content.#bytes.subarray(from, to))
  }

  /** The bytes as a text of one unit each, to compare by. */
  toKey(): string {
    let key = ''
    for (let i = 0; i < this.#length; i++) key += String.fromCharCode(this.#bytes[i]!)
    return key
  }

  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}
