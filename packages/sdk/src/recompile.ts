import { isRtfsError, type RtfsError } from '@rtfs/core'
import type { PreparedModule } from '@rtfs/interfaces'
import type { L4Cache } from '@rtfs/l4-client'
import type { Runtime } from '@rtfs/runtime'
import { checkProgram } from './check.js'
import { functionsOf } from './functions.js'
import { publishProgram } from './publish.js'
import type { Bytecode } from './wasm.js'

export interface RecompileReport {
  /** Ids of the new records. The old ones stay, for those who run the older version. */
  readonly compiled: readonly string[]
  /** Compiled for this target and ABI already. */
  readonly existing: number
  readonly refused: readonly { readonly id: string; readonly name: string; readonly reason: string }[]
}

/**
 * Compiles modules of another target or ABI anew from their signed source. Each is verified, tested and signed like a
 * new publication, under the same name, description and version.
 */
export async function recompile(parts: {
  readonly runtime: Runtime
  readonly bytecode: Bytecode
  readonly cache: L4Cache<PreparedModule>
  readonly namespace: string | undefined
}): Promise<RecompileReport> {
  const { runtime, bytecode, cache, namespace } = parts
  const { targetId, abiVersion } = bytecode.executor
  const compiled: string[] = []
  const refused: { id: string; name: string; reason: string }[] = []
  let existing = 0
  for (const record of await cache.list(namespace === undefined ? {} : { namespace })) {
    if (record.status !== 'Verified') continue
    if (record.target === targetId && record.abi === abiVersion) {
      existing++
      continue
    }
    const refuse = (reason: string) =>
      refused.push({ id: record.id, name: `${record.namespace}/${record.name}`, reason })
    const details = await cache.show(record.id)
    if (details?.manifest === undefined) {
      refuse(details?.refusedBy?.reason ?? 'is gone')
      continue
    }
    const text = await cache.sourceOf(record.id)
    const unit = text === undefined ? undefined : checkProgram(runtime, text).unit
    const fn = unit && functionsOf(unit).find(each => each.codeHash === record.codeHash)
    if (text === undefined || fn === undefined) {
      refuse(text === undefined ? 'has no source' : 'has a source without this function')
      continue
    }
    const { name, description: task, namespace: own } = record
    try {
      const [published] = await publishProgram({
        runtime,
        bytecode,
        cache,
        text,
        options: { only: fn.symbol, name, task, namespace: own, version: details.manifest.version },
      })
      if (published?.ok === true) compiled.push(published.answer.record.id)
      else refuse(published?.error.message ?? 'was not published')
    } catch (cause) {
      if (!isRtfsError(cause) || cause.code.startsWith('RTFS_STORE_')) throw cause
      refuse((cause as RtfsError).message)
    }
  }
  return { compiled, existing, refused }
}
