import { ByteReader } from '../metadata/byte-reader.js'

/** The names of functions by index, from the standard `name` section; empty where it is missing or unreadable. */
export function functionNames(section: Uint8Array | undefined): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  if (section === undefined) return names
  try {
    const reader = new ByteReader(section)
    while (!reader.done) {
      const id = reader.byte()
      const part = reader.bytes(reader.u32())
      if (id === 1) readNames(new ByteReader(part), names)
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return names
}

function readNames(reader: ByteReader, names: Map<number, string>): void {
  for (let left = reader.count(); left > 0; left--) names.set(reader.u32(), reader.name())
}
