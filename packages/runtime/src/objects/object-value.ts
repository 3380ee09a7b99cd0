import { keyword, type Meter, type RtfsMap, type Value } from '@rtfs/core'
import { validateObject } from './validate-object.js'

/**
 * The map an object form evaluates to (LANGUAGE §17.1), validated: its properties under keyword keys in source order,
 * then `:rtfs/name` when a name was given. `kind` is the word the form begins with.
 */
export function objectValue(
  kind: string,
  name: Value | undefined,
  properties: RtfsMap,
  meter: Meter,
): RtfsMap {
  validateObject(properties, { kind, meter })
  return name === undefined ? properties : properties.set(keyword('rtfs/name'), name)
}
