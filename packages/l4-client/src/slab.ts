import { RtfsError } from '@rtfs/core'
import { instantiateScan, maxScanPages, type Scan } from './scan-kernel.js'

const pageBytes = 65536

/** Vectors one after the other, and the dot products of one with all of them. */
export interface Slab {
  readonly simd: boolean
  /** Room for so many vectors; what is there stays. */
  reserve(vectors: number): void
  write(slot: number, vector: Float32Array): void
  read(slot: number): Float32Array
  /** Copies the vector of one slot to another. */
  move(from: number, to: number): void
  /** Products of `query` with the first `count` vectors; good until the next call. */
  products(query: Float32Array, count: number): Float32Array
}

/** A slab in ordinary memory. */
export function createPlainSlab(dimension: number): Slab {
  let floats = new Float32Array(0)
  let scores = new Float32Array(0)
  return {
    simd: false,
    reserve(vectors) {
      if (vectors * dimension <= floats.length) return
      const grown = new Float32Array(vectors * dimension)
      grown.set(floats)
      floats = grown
      scores = new Float32Array(vectors)
    },
    write: (slot, vector) => floats.set(vector, slot * dimension),
    read: slot => floats.slice(slot * dimension, (slot + 1) * dimension),
    move: (from, to) => floats.copyWithin(to * dimension, from * dimension, (from + 1) * dimension),
    products(query, count) {
      for (let slot = 0, at = 0; slot < count; slot++) {
        let sum = 0
        for (let i = 0; i < dimension; i++) sum += query[i]! * floats[at++]!
        scores[slot] = sum
      }
      return scores
    },
  }
}

/**
 * A slab in WebAssembly memory, scanned with SIMD; `undefined` where that cannot be had. The query lies first, the
 * vectors after it, the products behind the reserved vectors. Only the padding of the query has to be zero: behind
 * a vector lie products of a smaller slab, which are finite.
 */
export function createSimdSlab(dimension: number): Slab | undefined {
  let memory: WebAssembly.Memory
  let scan: Scan | undefined
  try {
    memory = new WebAssembly.Memory({ initial: 1, maximum: maxScanPages })
    scan = instantiateScan(memory)
  } catch {
    return undefined
  }
  if (scan === undefined) return undefined
  const kernel = scan
  const size = Math.ceil(dimension / 8) * 32
  let capacity = 0
  let floats = new Float32Array(memory.buffer)
  const at = (slot: number) => (size + slot * size) / 4

  return {
    simd: true,
    reserve(vectors) {
      if (vectors <= capacity) return
      const missing =
        Math.ceil((size + vectors * (size + 4)) / pageBytes) - memory.buffer.byteLength / pageBytes
      if (missing > 0) grow(memory, missing)
      floats = new Float32Array(memory.buffer)
      capacity = vectors
    },
    write: (slot, vector) => floats.set(vector, at(slot)),
    read: slot => floats.slice(at(slot), at(slot) + dimension),
    move: (from, to) => floats.copyWithin(at(to), at(from), at(from + 1)),
    products(query, count) {
      if (count === 0) return new Float32Array(0)
      floats.set(query, 0)
      kernel(0, size, size + count * size, size, size + capacity * size)
      return floats.subarray(at(capacity), at(capacity) + count)
    },
  }
}

function grow(memory: WebAssembly.Memory, pages: number): void {
  try {
    memory.grow(pages)
  } catch (cause) {
    throw new RtfsError('RTFS_STORE_FULL', 'an exact index holds at most 1 GiB of vectors', { cause })
  }
}
