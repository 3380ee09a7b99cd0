import { type Digest, parseDigest, RtfsError } from '@rtfs/core'
import { type Refusal, refusal } from './gates.js'

/** Capabilities that the caller may use: their ids, or a predicate over ids. */
export type Grants = readonly string[] | ((capability: string) => boolean)

/** What a caller asks of a module before it is run. */
export interface ModuleRequest {
  /** Default: that of the cache. */
  readonly namespace?: string
  /** Left out only by callers that name a record and take its interface as it is. */
  readonly interfaceHash?: string
  readonly codeHash?: string
  /** Default: that of the cache. */
  readonly target?: string
  /** Default: that of the cache. */
  readonly abi?: string
  /** Default: none. */
  readonly grants?: Grants
}

/** A request with nothing left open. */
export interface Demand {
  readonly namespace: string
  readonly interfaceHash: Digest | undefined
  readonly codeHash: Digest | undefined
  readonly target: string
  readonly abi: string
  readonly grants: Grants
}

/** The columns and manifest fields that a demand is compared with. */
export interface Claims {
  readonly namespace: string
  readonly interfaceHash: string
  readonly codeHash: string
  readonly target: string
  readonly abi: string
  readonly effects: readonly string[]
}

/** Fills in what the request leaves out. Throws `RTFS_USAGE` for a hash of another form. */
export function demandOf(
  request: ModuleRequest,
  defaults: { readonly namespace: string; readonly target: string; readonly abi: string },
): Demand {
  return {
    namespace: request.namespace ?? defaults.namespace,
    interfaceHash: request.interfaceHash === undefined ? undefined : requireDigest(request.interfaceHash),
    codeHash: request.codeHash === undefined ? undefined : requireDigest(request.codeHash),
    target: request.target ?? defaults.target,
    abi: request.abi ?? defaults.abi,
    grants: request.grants ?? [],
  }
}

/** The first way in which `claims` are not what is asked for. */
export function refuseByDemand(claims: Claims, demand: Demand): Refusal | undefined {
  const { namespace, interfaceHash, codeHash, target, abi, grants } = demand
  if (claims.namespace !== namespace) {
    return refusal('namespace', `is in namespace ${claims.namespace}, asked for ${namespace}`)
  }
  if (interfaceHash !== undefined && claims.interfaceHash !== interfaceHash) {
    return refusal('interface', 'has another interface')
  }
  if (codeHash !== undefined && claims.codeHash !== codeHash) return refusal('code', 'has other code')
  const granted = (effect: string) =>
    typeof grants === 'function' ? grants(effect) : grants.includes(effect)
  const beyond = claims.effects.filter(effect => !granted(effect))
  if (beyond.length > 0) return refusal('effects', `has effects that are not granted: ${beyond.join(', ')}`)
  if (claims.target !== target)
    return refusal('target', `is for target ${claims.target}, asked for ${target}`)
  if (claims.abi !== abi) return refusal('abi', `is for ABI ${claims.abi}, asked for ${abi}`)
  return undefined
}

/** The digest that `text` spells. Throws `RTFS_USAGE`. */
export function requireDigest(text: string): Digest {
  const digest = parseDigest(text)
  if (digest === undefined) throw new RtfsError('RTFS_USAGE', `'${text}' is not sha256: and 64 hex digits`)
  return digest
}
