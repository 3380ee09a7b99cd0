import {
  invalidArgument,
  parseTimestamp,
  parseUuid,
  Timestamp,
  timestampMillis,
  typeError,
  typeName,
} from '@rtfs/core'
import { stringOf } from './arguments.js'
import type { BuiltinDefinition } from './builtin.js'
import { define, unary } from './define.js'

/** Timestamps and UUIDs as values (LANGUAGE §13.6). Asking for the time is an effect. */
export function time(): readonly BuiltinDefinition[] {
  return [
    define({
      name: 'timestamp',
      section: '13.6',
      signature: '[:=> [:string] :timestamp]',
      doc: 'The timestamp a text spells.',
      examples: {
        '(timestamp "2026-01-31T08:00:00Z")': '2026-01-31T08:00:00Z',
        '(timestamp "2026-02-30T00:00:00Z")': '! InvalidArgument',
      },
      implementation: unary(s => {
        const timestamp = parseTimestamp(stringOf(s, 'timestamp'))
        if (timestamp === undefined)
          throw invalidArgument('timestamp needs a text like "2026-01-31T08:00:00Z"')
        return timestamp
      }),
    }),
    define({
      name: 'uuid',
      section: '13.6',
      signature: '[:=> [:string] :uuid]',
      doc: 'The UUID a text spells.',
      examples: {
        '(uuid "123E4567-e89b-12d3-a456-426614174000")': '123e4567-e89b-12d3-a456-426614174000',
        '(uuid "x")': '! InvalidArgument',
      },
      implementation: unary(s => {
        const uuid = parseUuid(stringOf(s, 'uuid'))
        if (uuid === undefined) throw invalidArgument('uuid needs 32 hexadecimal digits as 8-4-4-4-12')
        return uuid
      }),
    }),
    define({
      name: 'timestamp-ms',
      section: '13.6',
      signature: '[:=> [:timestamp] :int]',
      doc: 'Milliseconds since the beginning of 1970.',
      examples: { '(timestamp-ms 1970-01-01T00:00:01Z)': '1000' },
      total: true,
      implementation: unary(t => {
        if (!(t instanceof Timestamp)) throw typeError('timestamp-ms', 'timestamp', typeName(t))
        return timestampMillis(t)
      }),
    }),
  ]
}
