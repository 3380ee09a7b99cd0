import { builtins } from '@rtfs/stdlib'
import { type LoadedModule, UnitFrame } from '../shared/environment.js'
import { moduleValue } from './module-value.js'

/**
 * Modules that the library provides (LANGUAGE §12.3, §13): `stdlib` with everything, and those that names like
 * `kv/get` and `rtfs.task/current` belong to. `undefined` for any other name.
 */
export function libraryModule(name: string): LoadedModule | undefined {
  const frame = new UnitFrame(name)
  for (const [full, fn] of builtins()) {
    const own = name === 'stdlib' ? full : ownName(full, name)
    if (own !== undefined) frame.declare(own).value = fn
  }
  const exports = new Set(frame.names())
  if (exports.size === 0) return undefined
  const version = name === 'stdlib' ? '1.0.0' : undefined
  return { name, version, exports, frame, value: moduleValue(name, version, undefined, exports) }
}

function ownName(full: string, module: string): string | undefined {
  return full.length > module.length + 1 && full.startsWith(`${module}/`)
    ? full.slice(module.length + 1)
    : undefined
}
