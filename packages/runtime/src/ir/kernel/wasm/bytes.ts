/** Bytes of the WebAssembly binary format. */
export class Bytes {
  readonly #bytes: number[] = []

  get length(): number {
    return this.#bytes.length
  }

  push(...bytes: readonly number[]): this {
    for (const byte of bytes) this.#bytes.push(byte)
    return this
  }

  append(bytes: Bytes): this {
    for (const byte of bytes.#bytes) this.#bytes.push(byte)
    return this
  }

  unsigned(value: number): this {
    let rest = value
    while (rest >= 0x80) {
      this.#bytes.push((rest & 0x7f) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes.push(rest)
    return this
  }

  /** An integer of up to 64 bits. */
  signed(value: bigint): this {
    let rest = value
    for (;;) {
      const low = Number(rest & 0x7fn)
      rest >>= 7n
      if ((rest === 0n && low < 0x40) || (rest === -1n && low >= 0x40)) {
        this.#bytes.push(low)
        return this
      }
      this.#bytes.push(low | 0x80)
    }
  }

  float(value: number): this {
    const view = new DataView(new ArrayBuffer(8))
    view.setFloat64(0, value, true)
    for (let i = 0; i < 8; i++) this.#bytes.push(view.getUint8(i))
    return this
  }

  name(text: string): this {
    this.unsigned(text.length)
    for (let i = 0; i < text.length; i++) this.#bytes.push(text.charCodeAt(i))
    return this
  }

  /** Other bytes with their length before them. */
  sized(bytes: Bytes): this {
    return this.unsigned(bytes.length).append(bytes)
  }

  take(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes)
  }
}
