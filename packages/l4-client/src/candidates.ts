import type { AcceptMode, L4CacheHit, LookupMode, ModuleRecord } from '@rtfs/interfaces'
import type { Gate } from './gates.js'
import type { ModuleManifest } from './manifest.js'

/** What made a candidate a hit. */
export type Acceptance = 'code' | 'interface' | 'examples' | 'description' | 'hook' | 'similarity'

/** A module that was looked at, and what came of it. Decisions and explanations are made of the same ones. */
export interface Candidate {
  readonly mode: LookupMode
  readonly id: string
  readonly name: string
  readonly description: string
  /** Cosine similarity of the descriptions; `undefined` where none was asked for. */
  readonly score: number | undefined
  readonly outcome: 'hit' | 'refused' | 'acceptable'
  /** The gate that refused it. */
  readonly gate: Gate | undefined
  /** What accepted it. */
  readonly acceptedBy: Acceptance | undefined
  readonly reason: string
}

/** A module that passed every gate but those of its bytes, which `load` asks. */
export interface Hit {
  readonly mode: LookupMode
  readonly acceptedBy: Acceptance
  readonly score: number | undefined
  readonly record: ModuleRecord
  readonly manifest: ModuleManifest
  /** The hit as engines and journals hold it. */
  readonly target: L4CacheHit
}

export interface QueryAnswer {
  readonly hit: Hit | undefined
  /** One sentence: what was found, or why nothing was. */
  readonly reason: string
  /** In the order in which they were looked at. */
  readonly candidates: readonly Candidate[]
  /** Similarity of the nearest candidate less that of the next; `undefined` where there are not two. */
  readonly margin: number | undefined
  readonly accept: AcceptMode
}
