import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
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
  const path = require.resolve(`${name}/package.json`)
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
