import type { Span } from '@rtfs/core'
import { ByteWriter } from '../encoder/byte-writer.js'
import { ByteReader } from './byte-reader.js'

const version = 1

/** The span table that stands beside a module: where in the source each site is. */
export function encodeDebug(spans: readonly Span[]): Uint8Array {
  const out = new ByteWriter(64)
  out.u32(version)
  out.u32(spans.length)
  let last = 0
  for (const { start, end } of spans) {
    out.s32(start - last)
    out.u32(end - start)
    last = start
  }
  return out.toBytes()
}

/** Reads a span table. Throws RangeError for malformed bytes. */
export function decodeDebug(bytes: Uint8Array): readonly Span[] {
  const reader = new ByteReader(bytes)
  if (reader.u32() !== version) throw new RangeError('unknown version of the span table')
  const count = reader.count()
  const spans: Span[] = []
  let last = 0
  for (let i = 0; i < count; i++) {
    const start = last + reader.s32()
    spans.push({ start, end: start + reader.u32() })
    last = start
  }
  return spans
}
