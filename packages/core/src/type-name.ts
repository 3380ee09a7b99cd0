import { RtfsMap } from './map.js'
import { RtfsList, RtfsVector } from './sequence.js'
import {
  Keyword,
  ResourceHandle,
  RtfsErrorValue,
  RtfsFloat,
  RtfsFunction,
  RtfsSymbol,
  Timestamp,
  Uuid,
  type Value,
} from './values.js'

/** The name that `type-name` returns and that messages use (LANGUAGE §3): `integer`, `vector`, `nil` … */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 'integer'
    case 'string':
      return 'string'
    case 'boolean':
      return 'boolean'
    default:
      if (value === null) return 'nil'
      if (value instanceof RtfsFloat) return 'float'
      if (value instanceof Keyword) return 'keyword'
      if (value instanceof RtfsVector) return 'vector'
      if (value instanceof RtfsMap) return 'map'
      if (value instanceof RtfsList) return 'list'
      if (value instanceof RtfsFunction) return 'function'
      if (value instanceof RtfsErrorValue) return 'error'
      if (value instanceof RtfsSymbol) return 'symbol'
      if (value instanceof Timestamp) return 'timestamp'
      if (value instanceof Uuid) return 'uuid'
      if (value instanceof ResourceHandle) return 'resource-handle'
      // A value of no RTFS type got past the boundary; a message must still be possible.
      return 'unknown'
  }
}
