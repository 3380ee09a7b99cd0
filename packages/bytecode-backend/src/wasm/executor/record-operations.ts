import { type Keyword, RtfsFloat, RtfsMap, RtfsSequence, type RtfsVector, type Value } from '@rtfs/core'
import type { Running } from './running.js'

/** Smaller vectors are not worth a second version of the code. */
const leastRecords = 2

/** The numbers of vectors of at least so many fields are kept: for fewer, reading them again is as quick. */
const keptNumbers = 64

interface Layout {
  readonly keys: readonly Keyword[]
  readonly areFloats: readonly boolean[]
}

interface Numbers {
  readonly layout: Layout
  /** Integers as the bits of doubles. */
  readonly numbers: Float64Array
}

const layouts = new WeakMap<RtfsVector, Layout>()
/** What was read out of a vector last. It goes when the vector goes; since values never change, it stays true. */
const kept = new WeakMap<RtfsSequence, Numbers>()

/** Vectors that were read lately. Most are never seen again: what they hold is kept from the second time on. */
const seen = new Array<WeakRef<RtfsSequence> | undefined>(8).fill(undefined)
let nextSeen = 0

function isSeenAgain(items: RtfsSequence): boolean {
  if (seen.some(each => each?.deref() === items)) return true
  seen[nextSeen] = new WeakRef(items)
  nextSeen = (nextSeen + 1) % seen.length
  return false
}

function layoutOf(constant: RtfsVector): Layout {
  let layout = layouts.get(constant)
  if (layout === undefined) {
    const parts = constant.toArray()
    layout = {
      keys: parts.filter((_, index) => index % 2 === 0) as Keyword[],
      areFloats: parts.filter((_, index) => index % 2 === 1).map(kind => kind === 1),
    }
    layouts.set(constant, layout)
  }
  return layout
}

/**
 * Copies fields of maps to memory, 64 bits each, map by map; gives their address. 0 when the value is no sequence of
 * maps that have all these fields of just these kinds, or there is no room: then nothing has happened.
 */
export function unpackRecords(running: Running, items: Value, constant: RtfsVector): number {
  if (!(items instanceof RtfsSequence) || items.size < leastRecords) return 0
  const layout = layoutOf(constant)
  const count = items.size * layout.keys.length
  const known = kept.get(items)
  if (known !== undefined && known.layout === layout) {
    const address = running.findRoom(count)
    if (address === undefined) return 0
    running.doubles.set(known.numbers, address >> 3)
    return address
  }
  if (!startsWith(items, layout)) return 0
  const address = running.findRoom(count)
  if (address === undefined) return 0
  if (!readRecords(running, items, layout, address)) {
    running.free(address)
    return 0
  }
  if (count >= keptNumbers && isSeenAgain(items))
    kept.set(items, { layout, numbers: running.doubles.slice(address >> 3, (address >> 3) + count) })
  return address
}

/** Looks at the first element alone: most values that are something else are so there. */
function startsWith(items: RtfsSequence, { keys, areFloats }: Layout): boolean {
  const first = items.at(0)
  if (!(first instanceof RtfsMap)) return false
  return keys.every((key, index) => {
    const value = first.get(key)
    return areFloats[index] ? value instanceof RtfsFloat : typeof value === 'number'
  })
}

function readRecords(
  { words, doubles }: Running,
  items: RtfsSequence,
  { keys, areFloats }: Layout,
  address: number,
): boolean {
  const { size } = items
  const width = keys.length
  let at = address >> 3
  for (let i = 0; i < size; i++) {
    const record = items.at(i)
    if (!(record instanceof RtfsMap)) return false
    for (let field = 0; field < width; field++, at++) {
      const value = record.get(keys[field]!)
      if (areFloats[field]) {
        if (!(value instanceof RtfsFloat)) return false
        doubles[at] = value.value
      } else {
        if (typeof value !== 'number') return false
        words[2 * at] = value
        words[2 * at + 1] = (value | 0) === value ? value >> 31 : Math.floor(value / 4_294_967_296)
      }
    }
  }
  return true
}
