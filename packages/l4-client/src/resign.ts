import { RtfsError } from '@rtfs/core'
import type { CallOptions, ModuleRecord, RecordEmbedding } from '@rtfs/interfaces'
import { type Approval, checkRecord } from './check-record.js'
import type { CacheCore } from './core.js'
import { isOfModel, signedEmbedding } from './embedding.js'
import { isRefusal } from './gates.js'
import { ownDemand } from './pointers.js'
import { recordOfManifest, unstored } from './record-of.js'
import { signManifest } from './sign-manifest.js'

export interface RenewOptions extends CallOptions {
  /** Default: all. */
  readonly namespace?: string
  /** Only modules that this key has signed. Default: all. */
  readonly keyId?: string
}

export interface RenewReport {
  /** Ids of the records that were signed anew. */
  readonly renewed: readonly string[]
  /** Already as they should be. */
  readonly unchanged: number
  /** Not signed: what is not trusted now cannot vouch for itself. */
  readonly refused: readonly { readonly id: string; readonly name: string; readonly reason: string }[]
}

/** New signatures over what is good now: by another key, or with embeddings of another model. */
export function createRenewals<P>(core: CacheCore<P>) {
  const { options: cache, clock } = core
  const { records } = cache

  type Change = (
    record: ModuleRecord,
    approval: Approval,
  ) => Promise<RecordEmbedding | undefined | 'unchanged'>

  async function renew(change: Change, options: RenewOptions): Promise<RenewReport> {
    const { namespace, keyId, ...call } = options
    if (cache.signer === undefined) throw new RtfsError('RTFS_KEY', 'this cache has no key to sign with')
    await core.freshness.refresh()
    const renewed: string[] = []
    const refused: { id: string; name: string; reason: string }[] = []
    let unchanged = 0
    for await (const record of records.list(call)) {
      if (record.status !== 'Verified') continue
      if (namespace !== undefined && record.namespace !== namespace) continue
      const refuse = (reason: string) =>
        refused.push({ id: record.id, name: `${record.namespace}/${record.name}`, reason })
      const approval = await checkRecord(record, ownDemand(record), core)
      if (isRefusal(approval)) {
        refuse(approval.reason)
        continue
      }
      if (keyId !== undefined && !approval.keyIds.includes(keyId)) continue
      const embedding = await change(record, approval)
      if (embedding === 'unchanged') {
        unchanged++
        continue
      }
      const manifest = {
        ...approval.manifest,
        embedding: embedding === undefined ? null : signedEmbedding(embedding),
        issuedAt: clock.now(),
      }
      const next = {
        ...recordOfManifest(manifest, embedding, await signManifest(manifest, cache.signer)),
        createdAt: record.createdAt,
      }
      const check = await checkRecord(unstored(next), ownDemand(next), core)
      if (isRefusal(check)) {
        refuse(`what this key signs would not be loaded here: it ${check.reason}`)
        continue
      }
      const { inserted } = await records.insert(next, { ...call, replacing: record.sequence })
      if (inserted) renewed.push(record.id)
      else refuse('was changed meanwhile')
    }
    core.partitions.clear()
    await core.freshness.refresh()
    core.logger.log('info', 'l4.renew', { renewed: renewed.length, unchanged, refused: refused.length })
    return { renewed, unchanged, refused }
  }

  return {
    /** Signs with the key of this cache what other keys have signed. */
    resign: (options: RenewOptions = {}) =>
      renew(async (record, { keyIds }) => {
        const own = keyIds.length === 1 && keyIds[0] === cache.signer!.keyId
        return own ? 'unchanged' : record.embedding
      }, options),
    /** Embeds with the embedder of this cache what another model has embedded, or none. */
    reindex: (options: RenewOptions = {}) =>
      renew(async record => {
        const { embedder } = cache
        if (embedder === undefined) throw new RtfsError('RTFS_USAGE', 'this cache has no embedder')
        if (isOfModel(record.embedding, embedder.model)) return 'unchanged'
        const [vector] = await embedder.embed([record.description], options)
        return { vector: vector!, model: embedder.model.id, revision: embedder.model.revision }
      }, options),
  }
}
