import { encodeUtf8 } from '@rtfs/core'

const low7 = 0x7fn
const float = new DataView(new ArrayBuffer(8))

/** Growing bytes with the number formats of the WebAssembly binary format. */
export class ByteWriter {
  // An array grows faster than a typed one is made, and most of these are short.
  readonly #bytes: number[] = []

  get length(): number {
    return this.#bytes.length
  }

  byte(value: number): void {
    this.#bytes.push(value)
  }

  raw(bytes: ArrayLike<number>): void {
    for (let i = 0; i < bytes.length; i++) this.#bytes.push(bytes[i]!)
  }

  /** Unsigned LEB128 of an integer in [0, 2^32). */
  u32(value: number): void {
    let rest = value >>> 0
    while (rest > 0x7f) {
      this.#bytes.push((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.#bytes.push(rest)
  }

  /** Signed LEB128 of an integer in [-2^31, 2^31). */
  s32(value: number): void {
    let rest = value | 0
    for (;;) {
      const group = rest & 0x7f
      rest >>= 7
      if ((rest === 0 && (group & 0x40) === 0) || (rest === -1 && (group & 0x40) !== 0)) {
        this.#bytes.push(group)
        return
      }
      this.#bytes.push(group | 0x80)
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
        this.#bytes.push(group)
        return
      }
      this.#bytes.push(group | 0x80)
    }
  }

  /** Little-endian binary64. Every NaN is written as the canonical one, so that equal programs give equal bytes. */
  f64(value: number): void {
    if (Number.isNaN(value)) float.setBigUint64(0, 0x7ff8000000000000n, true)
    else float.setFloat64(0, value, true)
    for (let i = 0; i < 8; i++) this.#bytes.push(float.getUint8(i))
  }

  /** Length-prefixed UTF-8. */
  name(text: string): void {
    if (isAscii(text)) {
      this.u32(text.length)
      for (let i = 0; i < text.length; i++) this.#bytes.push(text.charCodeAt(i))
      return
    }
    const bytes = encodeUtf8(text)
    this.u32(bytes.length)
    this.raw(bytes)
  }

  /** Appends another writer's bytes with their length in front. */
  sized(content: ByteWriter): void {
    this.u32(content.length)
    this.raw(content.#bytes)
  }

  /** Appends a part of another writer's bytes. */
  part(content: ByteWriter, from: number, to: number): void {
    for (let i = from; i < to; i++) this.#bytes.push(content.#bytes[i]!)
  }

  /** The bytes as a text of one unit each, to compare by. */
  toKey(): string {
    let key = ''
    for (const byte of this.#bytes) key += String.fromCharCode(byte)
    return key
  }

  toBytes(): Uint8Array {
    // `Uint8Array.from` would go through an iterator, which takes longer than all of the rest.
    return new Uint8Array(this.#bytes)
  }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}
