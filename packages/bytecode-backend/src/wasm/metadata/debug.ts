import type { Span } from '@rtfs/core'
import { ByteWriter } from '../encoder/byte-writer.js'
import { ByteReader } from './byte-reader.js'

const version = 2

/** Fuel that a form spent. */
export interface Charge {
  readonly span: Span
  readonly units: number
}

/** A place in the code that the host may have to report. */
export interface Site {
  readonly span: Span
  /** Number of the unit whose text it is in: 0 for the program, else that of a module form. */
  readonly frame: number
  /** The function that is called here, for call stacks; empty where that is not known beforehand, or nothing is. */
  readonly callee: string
  /** What was spent since fuel was last looked at, in order: one of them is to blame when it is over here. */
  readonly charges: readonly Charge[]
}

/** The table that stands beside a module: where in the source each site is. */
export function encodeDebug(sites: readonly Site[]): Uint8Array {
  const out = new ByteWriter()
  let last = 0
  const writeSpan = ({ start, end }: Span): void => {
    out.s32(start - last)
    out.u32(end - start)
    last = start
  }
  out.u32(version)
  out.u32(sites.length)
  for (const { span, frame, callee, charges } of sites) {
    writeSpan(span)
    out.u32(frame)
    out.name(callee)
    out.u32(charges.length)
    for (const charge of charges) {
      writeSpan(charge.span)
      out.u32(charge.units)
    }
  }
  return out.toBytes()
}

/** Reads the table. Throws RangeError for malformed bytes. */
export function decodeDebug(bytes: Uint8Array): readonly Site[] {
  const reader = new ByteReader(bytes)
  let last = 0
  const readSpan = (): Span => {
    const start = last + reader.s32()
    last = start
    return { start, end: start + reader.u32() }
  }
  if (reader.u32() !== version) throw new RangeError('unknown version of the site table')
  const count = reader.count()
  const sites: Site[] = []
  for (let i = 0; i < count; i++) {
    const span = readSpan()
    const frame = reader.u32()
    const callee = reader.name()
    const charges: Charge[] = []
    for (let left = reader.count(); left > 0; left--) charges.push({ span: readSpan(), units: reader.u32() })
    sites.push({ span, frame, callee, charges })
  }
  return sites
}
