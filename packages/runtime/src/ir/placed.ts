import { locate } from '../shared/error-spans.js'
import type { Place } from '../shared/services.js'

/** Gives an error that has no place yet the place of the form that raised it; returns it for throwing. */
export function locateAt(error: unknown, site: Place): unknown {
  return locate(error, site.span, site.unit)
}

/** Runs a part that may raise; its error gets the place when it has none. Not for hot paths. */
export function placed<T>(site: Place, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw locateAt(error, site)
  }
}
