import { keyword, type RtfsMap, type Value } from '@rtfs/core'

/**
 * The map an object form evaluates to (LANGUAGE §17.1): its properties under keyword keys in source order, then
 * `:rtfs/name` when a name was given.
 */
export function objectValue(name: Value | undefined, properties: RtfsMap): RtfsMap {
  return name === undefined ? properties : properties.set(keyword('rtfs/name'), name)
}
