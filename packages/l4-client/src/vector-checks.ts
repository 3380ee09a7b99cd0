import { RtfsError } from '@rtfs/core'

/**
 * The vector scaled to length 1; a vector of zeros stays as it is. Throws `RTFS_USAGE` for another dimension or a
 * number that is not finite: in a search, NaN would come first.
 */
export function unitVector(vector: Float32Array, dimension: number): Float32Array {
  if (!(vector instanceof Float32Array) || vector.length !== dimension) {
    throw new RtfsError(
      'RTFS_USAGE',
      `a vector of ${dimension} 32-bit floats was expected, ${vector?.length} came`,
    )
  }
  let squares = 0
  for (const number of vector) squares += number * number
  if (!Number.isFinite(squares)) throw new RtfsError('RTFS_USAGE', 'a vector has a number that is not finite')
  const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares)
  return vector.map(number => number * scale)
}

/** Throws `RTFS_USAGE` unless `dimension` is usable. */
export function requireDimension(dimension: number): void {
  if (!Number.isInteger(dimension) || dimension < 1 || dimension > 4096) {
    throw new RtfsError('RTFS_USAGE', `${dimension} is no dimension; expected 1 to 4096`)
  }
}

/** Throws `RTFS_USAGE` unless `k` is a count. */
export function requireCount(k: number): void {
  if (!Number.isInteger(k) || k < 0) throw new RtfsError('RTFS_USAGE', `${k} is no number of matches`)
}
