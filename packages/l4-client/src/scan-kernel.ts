import { decodeHex } from '@rtfs/core'

/** Pages (64 KiB) that a scan may grow to: 1 GiB, a million vectors of 256 dimensions. */
export const maxScanPages = 16384

/** scan-kernel.wat, assembled: 237 bytes, so that browsers compile it without waiting. */
const code = [
  '0061736d01000000', // magic, version 1
  '01090160057f7f7f7f7f00', // types: (i32 i32 i32 i32 i32) -> ()
  '0213010472746673066d656d6f7279020101808001', // import rtfs.memory, 1 to 16384 pages
  '03020100', // one function
  '070801047363616e0000', // export scan
  '0ab40101b10102027f027b', // code; locals $q $stop, $a $b
  '0340', // loop $vectors
  '20002105200120036a2106', // $q = $query, $stop = $vector + $size
  'fd0c000000000000000000000000000000002107', // $a = 0
  'fd0c000000000000000000000000000000002108', // $b = 0
  '0340', // loop $lanes
  '20072005fd0004002001fd000400fde601fde4012107', // $a += [$q] * [$vector]
  '20082005fd0004102001fd000410fde601fde4012108', // $b += [$q + 16] * [$vector + 16]
  '200541206a2105', // $q += 32
  '200141206a22012006490d000b', // $vector += 32, again while below $stop
  '20072008fde4012107', // $a += $b
  '20042007fd1f002007fd1f01922007fd1f022007fd1f039292380200', // [$out] = the sum of the lanes of $a
  '200441046a2104', // $out += 4
  '20012002490d000b0b', // again while below $end
].join('')

/** `query`, `vectors` up to `end`, bytes of a vector, where the products go: one 32-bit float for each vector. */
export type Scan = (query: number, vectors: number, end: number, size: number, out: number) => void

/** The kernel over `memory`; `undefined` where WebAssembly or its SIMD is missing or forbidden. */
export function instantiateScan(memory: WebAssembly.Memory): Scan | undefined {
  try {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(scanKernel()), { rtfs: { memory } })
    return instance.exports['scan'] as Scan
  } catch {
    return undefined
  }
}

/** The bytes of the kernel. */
export function scanKernel(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(decodeHex(code)!)
}
