import { decodeError } from './decode-error.js'

/**
 * Refuses CBOR that nests arrays and maps deeper than `limit`, before a recursive decoder sees it. Looks at item
 * heads only and leaves every other fault to the decoder.
 */
export function checkNesting(bytes: Uint8Array, limit: number): void {
  /** Items still to come in each open array or map. */
  const open: number[] = []
  let at = 0
  while (at < bytes.length) {
    const head = bytes[at]!
    const [major, info] = [head >> 5, head & 31]
    const size = info < 24 ? 0 : info === 24 ? 1 : info === 25 ? 2 : info === 26 ? 4 : info === 27 ? 8 : -1
    if (size < 0) throw decodeError('CBOR of indefinite length')
    let argument = info
    if (size > 0) {
      argument = 0
      for (let i = 1; i <= size; i++) argument = argument * 256 + (bytes[at + i] ?? 0)
    }
    at += 1 + size
    if (open.length > 0) open[open.length - 1]!--
    if (major === 2 || major === 3) at += argument
    else if (major === 4 || major === 5 || major === 6)
      open.push(major === 4 ? argument : major === 5 ? 2 * argument : 1)
    if (open.length > limit) throw decodeError(`nesting deeper than ${limit}`)
    while (open.length > 0 && open[open.length - 1] === 0) open.pop()
  }
}
