import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { BenchCase } from '../programs/index.js'

/** Something that runs programs. */
export interface Peer {
  /** What `--peers` takes. */
  readonly id: string
  readonly name: string
  /** `undefined`: this peer has no such program. */
  prepare(benchCase: BenchCase): Promise<Prepared | undefined>
  close(): Promise<void>
}

/** A program ready to run, here or in another process. */
export interface Prepared {
  /** One call; the number that it gives. */
  result(): Promise<number>
  /** CPU milliseconds that so many calls one after the other take. */
  measure(calls: number): Promise<number>
}

const require = createRequire(import.meta.url)

/** The version of an installed package, for the table's head. */
export function versionOf(name: string): string {
  // Not all packages let their package.json be resolved.
  const folder = (require.resolve.paths(name) ?? []).find(path =>
    existsSync(join(path, name, 'package.json')),
  )
  if (folder === undefined) throw new Error(`${name} is not installed`)
  return (JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version: string }).version
}
