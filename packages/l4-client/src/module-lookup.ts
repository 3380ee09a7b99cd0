import type { CallOptions, ModuleLookup, ModuleLookupAnswer, ModuleLookupRequest } from '@rtfs/interfaces'
import type { L4Cache } from './cache.js'
import type { Candidate } from './candidates.js'
import type { Grants } from './request.js'

export interface ModuleLookupOptions {
  readonly cache: Pick<L4Cache<unknown>, 'epoch' | 'query'>
  /** Default: that of the cache. */
  readonly namespace?: string
  /** Capabilities that a found module may use. Default: none. */
  readonly grants?: Grants
}

/** The module cache as a delegation engine asks it. */
export function createModuleLookup({ cache, namespace, grants = [] }: ModuleLookupOptions): ModuleLookup {
  return {
    get epoch() {
      return cache.epoch
    },
    async find(request: ModuleLookupRequest, options?: CallOptions): Promise<ModuleLookupAnswer> {
      const { fn, modes, accept, threshold } = request
      const { hit, reason, candidates } = await cache.query(
        {
          ...(namespace === undefined ? {} : { namespace }),
          interfaceHash: fn.interfaceHash,
          ...(fn.codeHash === undefined ? {} : { codeHash: fn.codeHash }),
          ...(fn.task === undefined ? {} : { description: fn.task }),
          examples: fn.examples,
          modes,
          accept,
          threshold,
          grants,
        },
        options,
      )
      return { hit: hit?.target, reason, similarity: hit?.score, trace: candidates.map(traceLine) }
    },
  }
}

/** A candidate in one line, as decisions and `--explain` show it. */
export function traceLine(candidate: Candidate): string {
  const { mode, id, name, score, outcome, gate, acceptedBy, reason } = candidate
  const similarity = score === undefined ? '' : ` ${score.toFixed(3)}`
  const by = gate === undefined ? `${outcome} by ${acceptedBy}` : `${outcome} at ${gate}`
  return `${mode}: ${name} ${id.slice(0, 8)}${similarity} ${by}: ${reason}`
}
