import { invalidArgument, type Meter, RtfsFloat, type RtfsSequence, RtfsVector, type Value } from '@rtfs/core'
import type { Running } from './running.js'
import { chargeElements } from './semantics.js'

// What loops over collections need of the host, beyond reading elements.

/** How many ints `(range start end step)` has, charged and accounted like that vector. */
export function rangeSize(start: bigint, end: bigint, step: bigint, meter: Meter): number {
  if (step === 0n) throw invalidArgument('range needs a step other than 0')
  const distance = end - start
  // Rounded up: the last step may be cut short.
  const size = distance / step + (distance % step !== 0n && distance < 0n === step < 0n ? 1n : 0n)
  const count = size <= 0n ? 0 : Number(size)
  chargeElements(meter, count)
  return count
}

const two32 = 4_294_967_296

/** Copies Integers to memory, 64 bits each; gives their address. */
export function unpackInts(running: Running, items: RtfsSequence): number {
  const { size } = items
  const address = running.reserve(size)
  const { words } = running
  let at = address >> 2
  for (let i = 0; i < size; i++, at += 2) {
    const value = items.at(i)
    if (typeof value === 'number') {
      words[at] = value
      words[at + 1] = (value | 0) === value ? value >> 31 : Math.floor(value / two32)
    } else {
      const wide = value as bigint
      words[at] = Number(BigInt.asIntN(32, wide))
      words[at + 1] = Number(wide >> 32n)
    }
  }
  return address
}

/** Copies Floats to memory; gives their address. */
export function unpackFloats(running: Running, items: RtfsSequence): number {
  const { size } = items
  const address = running.reserve(size)
  const { doubles } = running
  const at = address >> 3
  for (let i = 0; i < size; i++) doubles[at + i] = (items.at(i) as RtfsFloat).value
  return address
}

/** A vector of the ints at an address. */
export function packInts({ words }: Running, address: number, size: number): RtfsVector {
  const made: Value[] = []
  const end = (address >> 2) + 2 * size
  for (let at = address >> 2; at < end; at += 2) {
    const low = words[at]!
    const high = words[at + 1]!
    if (high === low >> 31) made.push(low)
    else {
      const value = high * two32 + (low >>> 0)
      made.push(Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low >>> 0))
    }
  }
  return RtfsVector.adopt(made)
}

/** A vector of the floats at an address. */
export function packFloats({ doubles }: Running, address: number, size: number): RtfsVector {
  const made: Value[] = []
  const at = address >> 3
  for (let i = 0; i < size; i++) made.push(new RtfsFloat(doubles[at + i]!))
  return RtfsVector.adopt(made)
}
