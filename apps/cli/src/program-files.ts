import { statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { findPrograms } from '@rtfs/sdk/files'
import { UsageError } from './failure.js'
import type { Io } from './io.js'

/** The files that arguments name: a directory stands for the programs in it and below. `-` is standard input. */
export function programFiles(names: readonly string[], { cwd }: Pick<Io, 'cwd'>): readonly string[] {
  return names.flatMap(name => {
    const path = resolve(cwd, name)
    if (name === '-' || statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [name]
    const found = findPrograms(path)
    if (found.length === 0) throw new UsageError(`${name} holds no .rtfs file`)
    const prefix = relative(cwd, path)
    return found.map(each => (prefix.startsWith('..') ? each : relative(cwd, each)))
  })
}
