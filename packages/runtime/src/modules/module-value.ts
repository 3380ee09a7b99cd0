import { keyword, RtfsMap, RtfsVector } from '@rtfs/core'

/** The map that a module form evaluates to (LANGUAGE §12.1). */
export function moduleValue(
  name: string,
  version: string | undefined,
  doc: string | undefined,
  exports: Iterable<string>,
): RtfsMap {
  return RtfsMap.from([
    [keyword('name'), name],
    [keyword('version'), version ?? null],
    [keyword('doc'), doc ?? null],
    [keyword('exports'), RtfsVector.from(exports)],
  ])
}
