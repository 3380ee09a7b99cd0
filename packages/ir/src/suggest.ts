import { closest } from '@rtfs/core'
import { libraryNames } from './library.js'
import type { Place } from './scope.js'

/** The name in scope that is most like `name`, `undefined` when none is close enough to be meant. */
export function nearestName(name: string, place: Place): string | undefined {
  return closest(name, namesInScope(place), Math.min(2, Math.floor(name.length / 3)))
}

function* namesInScope(place: Place): Iterable<string> {
  for (let scope: Place['scope'] | undefined = place.scope; scope !== undefined; scope = scope.parent) {
    yield* scope.names.keys()
  }
  yield* place.root.globals
  yield* place.root.imported
  yield* libraryNames()
}
