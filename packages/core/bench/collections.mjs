// CPU time of maps and vectors of 10,000 elements against JavaScript's own. Build first, then
// `node bench/collections.mjs`. Take ratios: the figures depend on the machine.
import { keyword, RtfsMap, RtfsVector } from '@rtfs/core'

const count = 10_000
const rounds = 41
const integers = Array.from({ length: count }, (_, i) => i)
const strings = integers.map(i => `key-${i}`)
const keywords = strings.map(text => keyword(text))

/** Minimum and median milliseconds of CPU of one run. */
function measure(name, run) {
  const times = []
  for (let i = 0; i < rounds; i++) {
    const before = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1000)
  }
  times.sort((a, b) => a - b)
  console.log(`${name.padEnd(44)} min ${times[0].toFixed(2)}  median ${times[rounds >> 1].toFixed(2)} ms`)
}

function readAll(map, keys) {
  let sum = 0
  for (const key of keys) sum += map.get(key)
  if (sum !== count) throw new Error('lost entries')
}

for (const [kind, keys] of Object.entries({ integers, strings, keywords })) {
  const entries = keys.map(key => [key, 1])
  const built = RtfsMap.from(entries)
  measure(`${kind}: JavaScript Map, build and read`, () => readAll(new Map(entries), keys))
  measure(`${kind}: RtfsMap.from, build and read`, () => readAll(RtfsMap.from(entries), keys))
  measure(`${kind}: a version for every set, and read`, () => {
    let map = RtfsMap.empty
    for (const key of keys) map = map.set(key, 1)
    readAll(map, keys)
  })
  measure(`${kind}: set every key of a full map`, () => {
    let map = built
    for (const key of keys) map = map.set(key, 2)
  })
  measure(`${kind}: iterate`, () => {
    let sum = 0
    // A fresh version each time: the order is worked out once per version.
    built.set(keys[0], 1).forEach(value => {
      sum += value
    })
    if (sum !== count) throw new Error('lost entries')
  })
}

const vector = RtfsVector.from(integers)
measure('vector: append', () => {
  let grown = RtfsVector.empty
  for (const item of integers) grown = grown.append(item)
})
measure('vector: set every element', () => {
  let changed = vector
  for (const item of integers) changed = changed.set(item, 0)
})
measure('vector: walk down by slice(1)', () => {
  for (let rest = vector; rest.size > 0; rest = rest.slice(1)) rest.at(0)
})
