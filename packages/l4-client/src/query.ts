import { isRtfsError, RtfsError } from '@rtfs/core'
import type {
  AcceptMode,
  CallOptions,
  EmbeddingModel,
  FunctionExample,
  LookupMode,
  ModuleRecord,
} from '@rtfs/interfaces'
import { type Accepted, acceptByExamples, acceptBySemantics, defaultThreshold } from './accept.js'
import type { Candidate, Hit, QueryAnswer } from './candidates.js'
import { checkRecord, refuseByColumns } from './check-record.js'
import { type CacheCore, defaultAccept } from './core.js'
import { isOfModel } from './embedding.js'
import { faultText, isCallersFault } from './faults.js'
import { isRefusal, type Refusal, refusal } from './gates.js'
import { hitOf } from './hit.js'
import type { Loader } from './load.js'
import type { ModuleManifest } from './manifest.js'
import type { NearRecord } from './partitions.js'
import { type Demand, demandOf, type ModuleRequest } from './request.js'

/** What a caller is looking for. */
export interface QueryRequest extends ModuleRequest {
  readonly interfaceHash: string
  /** Tried in order; the first hit is taken. */
  readonly modes: readonly LookupMode[]
  /** What the function is for; needed to find one by meaning. */
  readonly description?: string
  /** Default: none. */
  readonly examples?: readonly FunctionExample[]
  /** Default `behaviour`. */
  readonly accept?: AcceptMode
  /** For `accept: 'similarity'`. Default 0.95. */
  readonly threshold?: number
  /** For `accept: 'similarity'`: how far the best candidate has to be above the next. Default 0. */
  readonly margin?: number
  /** Candidates by meaning. Default 32. */
  readonly k?: number
  /** Look at every candidate, also after a hit. Default false. */
  readonly explain?: boolean
}

const defaultNearest = 32
const pageSize = 32

interface Search {
  readonly request: QueryRequest
  readonly demand: Demand
  readonly accept: AcceptMode
  readonly candidates: Candidate[]
  readonly notes: string[]
  readonly options: CallOptions | undefined
  readonly startedAt: number
  hit: Hit | undefined
  margin: number | undefined
}

type Accept = (
  record: ModuleRecord,
  manifest: ModuleManifest,
  score: number | undefined,
) => Promise<Accepted | Refusal>

export function createQuery<P>(core: CacheCore<P>, loader: Loader<P>) {
  const { options: cache, counters, logger } = core

  /** Looks for a module. A store that fails is a miss with its reason, never an exception. */
  async function query(request: QueryRequest, options?: CallOptions): Promise<QueryAnswer> {
    const demand = demandOf(request, cache)
    const accept = request.accept ?? defaultAccept
    const startedAt = core.clock.monotonic()
    const search: Search = {
      request,
      demand,
      accept,
      candidates: [],
      notes: [],
      options,
      startedAt,
      hit: undefined,
      margin: undefined,
    }
    try {
      await core.freshness.refresh()
      for (const mode of request.modes) {
        await look(mode, search)
        if (isDone(search)) break
      }
    } catch (cause) {
      if (isCallersFault(cause)) throw cause
      search.notes.push(`the cache cannot be asked: ${faultText(cause)}`)
      const code = isRtfsError(cause) ? cause.code : 'unexpected'
      logger.log('error', 'l4.query-failed', { code, reason: faultText(cause) })
    }
    return answer(search)
  }

  async function look(mode: LookupMode, search: Search): Promise<void> {
    switch (mode) {
      case 'same-code':
        return byCode(search)
      case 'same-interface':
        return byInterface(search)
      case 'semantic':
        return byMeaning(search)
      default:
        throw new RtfsError('RTFS_USAGE', `'${String(mode satisfies never)}' is no look-up mode`)
    }
  }

  async function byCode(search: Search): Promise<void> {
    const { namespace, codeHash } = search.demand
    if (codeHash === undefined) {
      search.notes.push('same-code: the request has no code')
      return
    }
    const records = await cache.records.find({ namespace, codeHash }, search.options)
    if (records.length === 0)
      search.notes.push(`same-code: no module with this code in namespace ${namespace}`)
    const accepted = async (): Promise<Accepted> => ({ by: 'code', reason: 'its code is the same' })
    await judge('same-code', records.map(withoutScore), search, search.demand, accepted)
  }

  async function byInterface(search: Search): Promise<void> {
    const demand = { ...search.demand, codeHash: undefined }
    const { examples = [] } = search.request
    let found = false
    for await (const records of newestFirst(demand, search.options)) {
      found = true
      await judge('same-interface', records.map(withoutScore), search, demand, async (record, manifest) => {
        // The interface is all that was asked for; but a module that is known to fail an example is not taken.
        const bytes = () => loader.bytesOf(record, manifest, search.options)
        const tried = await acceptByExamples(
          { examples, runner: cache.runner },
          manifest,
          bytes,
          search.options,
        )
        return tried ?? { by: 'interface', reason: 'it is the newest with this interface' }
      })
      if (search.hit !== undefined) break
    }
    if (!found)
      search.notes.push(`same-interface: no module with this interface in namespace ${demand.namespace}`)
  }

  async function* newestFirst({ namespace, interfaceHash }: Demand, options: CallOptions | undefined) {
    let before = Number.MAX_SAFE_INTEGER
    while (true) {
      const query = { namespace, ...(interfaceHash && { interfaceHash }), before, limit: pageSize }
      const records = await cache.records.find(query, options)
      if (records.length > 0) yield records
      if (records.length < pageSize) return
      before = records.at(-1)!.sequence
    }
  }

  async function byMeaning(search: Search): Promise<void> {
    const { request, options, accept } = search
    const { description, examples = [], threshold = defaultThreshold } = request
    const demand = { ...search.demand, codeHash: undefined }
    if (description === undefined) {
      search.notes.push('semantic: the request has no description')
      return
    }
    const near = await nearest(description, demand, search)
    if (near.length === 0) {
      search.notes.push(`semantic: no module with this interface in namespace ${demand.namespace}`)
    }
    const rules = { description, examples, accept, threshold, runner: cache.runner, hook: cache.acceptance }
    const scores = near.map(({ score }) => score).filter(score => score !== undefined)
    if (scores.length > 1) search.margin = scores[0]! - scores[1]!
    await judge('semantic', near, search, demand, async (record, manifest, score) => {
      const model = cache.embedder?.model
      if (model !== undefined && !isSignedBy(manifest, model))
        return refusal('embedding', 'was embedded by another model')
      const bytes = () => loader.bytesOf(record, manifest, options)
      const other = near.find(each => each.record.id !== record.id)?.score
      const runnerUp = other === undefined ? undefined : { score: other, margin: request.margin ?? 0 }
      return acceptBySemantics({ ...rules, runnerUp }, manifest, score, bytes, options)
    })
  }

  /** The nearest by cosine; without an embedder the newest, which behaviour then decides about all the same. */
  async function nearest(description: string, demand: Demand, search: Search): Promise<readonly Scored[]> {
    const { request, options } = search
    const { namespace, interfaceHash } = demand
    const k = request.k ?? defaultNearest
    const { embedder } = cache
    if (embedder === undefined) {
      search.notes.push('semantic: there is no embedder, so the newest modules were looked at')
      return (await cache.records.find({ namespace, interfaceHash: interfaceHash!, limit: k }, options)).map(
        withoutScore,
      )
    }
    const [vector] = await embedder.embed([description], options)
    const key = { namespace, interfaceHash: interfaceHash!, model: embedder.model }
    const near: readonly NearRecord[] = await core.partitions.search(key, vector!, k, options)
    return near.filter(({ record }) => isOfModel(record.embedding, embedder.model))
  }

  /** Every gate, in order, for one candidate after the other. */
  async function judge(
    mode: LookupMode,
    found: readonly Scored[],
    search: Search,
    demand: Demand,
    accept: Accept,
  ): Promise<void> {
    for (const { record, score } of found) {
      const verdict = await judgeOne(record, score, demand, accept)
      const { id, name, description } = record
      const common = { mode, id, name, description, score }
      if (isRefusal(verdict)) {
        const { gate, reason } = verdict
        search.candidates.push({ ...common, outcome: 'refused', gate, acceptedBy: undefined, reason })
        continue
      }
      const { by: acceptedBy, reason } = verdict.accepted
      const outcome = search.hit === undefined ? 'hit' : 'acceptable'
      search.candidates.push({ ...common, outcome, gate: undefined, acceptedBy, reason })
      search.hit ??= { mode, acceptedBy, score, record, manifest: verdict.manifest, target: hitOf(record) }
      if (isDone(search)) break
    }
  }

  async function judgeOne(
    record: ModuleRecord,
    score: number | undefined,
    demand: Demand,
    accept: Accept,
  ): Promise<{ readonly manifest: ModuleManifest; readonly accepted: Accepted } | Refusal> {
    const aside = core.quarantine.find(record)
    if (aside !== undefined) return refusal('quarantine', `is in quarantine: ${aside.reason}`)
    const unfit = refuseByColumns(record, demand)
    if (unfit !== undefined) return unfit
    const approval = await checkRecord(record, demand, core)
    if (isRefusal(approval)) return core.refused(record, approval)
    const accepted = await accept(record, approval.manifest, score)
    return isRefusal(accepted) ? accepted : { manifest: approval.manifest, accepted }
  }

  function answer(search: Search): QueryAnswer {
    const { request, demand, accept, candidates, hit } = search
    counters.queries++
    if (hit === undefined) counters.misses++
    else counters.hits++
    const reason = reasonOf(search)
    logger.log('info', hit === undefined ? 'l4.miss' : 'l4.hit', {
      namespace: demand.namespace,
      interfaceHash: request.interfaceHash,
      modes: request.modes,
      accept,
      candidates: candidates.length,
      module: hit?.record.id,
      mode: hit?.mode,
      acceptedBy: hit?.acceptedBy,
      similarity: hit?.score,
      margin: search.margin,
      reason,
    })
    const outcome = hit === undefined ? 'miss' : 'hit'
    core.metrics.count('rtfs_l4_queries', { outcome, by: hit?.acceptedBy ?? 'none' })
    core.metrics.observe('rtfs_l4_query', { outcome }, (core.clock.monotonic() - search.startedAt) / 1000)
    return { hit, reason, candidates, margin: search.margin, accept }
  }

  return query
}

function isDone({ hit, request }: Search): boolean {
  return hit !== undefined && request.explain !== true
}

interface Scored {
  readonly record: ModuleRecord
  readonly score: number | undefined
}

const withoutScore = (record: ModuleRecord): Scored => ({ record, score: undefined })

function isSignedBy({ embedding }: ModuleManifest, model: EmbeddingModel): boolean {
  return (
    embedding !== null &&
    embedding.model === model.id &&
    embedding.revision === model.revision &&
    embedding.dimension === model.dimension
  )
}

function reasonOf({ candidates, notes, hit }: Search): string {
  if (hit !== undefined) {
    const { reason } = candidates.find(candidate => candidate.outcome === 'hit')!
    const score = hit.score === undefined ? '' : `, similarity ${hit.score.toFixed(3)}`
    return `${hit.mode}: ${hit.record.namespace}/${hit.record.name} (${hit.record.id.slice(0, 8)}${score}): ${reason}`
  }
  const refused = candidates.map(
    ({ mode, name, id, reason, score }) =>
      `${mode}: ${name} (${id.slice(0, 8)}${score === undefined ? '' : `, similarity ${score.toFixed(3)}`}) ${reason}`,
  )
  const shown = refused.slice(0, 3)
  if (refused.length > shown.length) shown.push(`and ${refused.length - shown.length} more`)
  return [...notes, ...shown].join('; ') || 'no mode was asked for'
}
