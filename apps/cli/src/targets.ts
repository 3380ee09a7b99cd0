import { UsageError } from './failure.js'

/** What `--target` may name. A test holds them to the targets that there are. */
export const targetNames = ['wasm32', 'rtfs-bc'] as const

export type TargetName = (typeof targetNames)[number]

/** Throws UsageError for a name that is none. */
export function targetNamed(name: string): TargetName {
  const target = targetNames.find(each => each === name)
  if (target === undefined)
    throw new UsageError(`--target is one of ${targetNames.join(', ')}, not '${name}'`)
  return target
}
