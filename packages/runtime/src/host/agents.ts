import {
  isCatchable,
  keyword,
  languageError,
  RtfsMap,
  RtfsVector,
  typeError,
  typeName,
  type Value,
} from '@rtfs/core'

const discoveryCapability = 'ccos.agent.discover-agents'

/** Criteria of which at least one must be given; the host gets all keys (LANGUAGE §15.6). */
const criteriaKeys = [
  'capability-id',
  'version-constraint',
  'agent-id',
  'discovery-tags',
  'discovery-query',
  'limit',
].map(keyword)

/**
 * `discover-agents`: the agents a registry knows, `[]` when there is no registry. `perform` is the capability
 * `ccos.agent.discover-agents`, which needs its grant; other failures are an AgentDiscoveryError.
 */
export function discoverAgents(
  criteria: Value,
  options: Value,
  hasRegistry: (capability: string) => boolean,
  perform: (capability: string, args: readonly Value[]) => Value,
): Value {
  if (!(criteria instanceof RtfsMap)) throw typeError('discover-agents', 'map', typeName(criteria))
  if (!criteriaKeys.some(key => criteria.has(key))) {
    throw discoveryError('no criterion given; one of :capability-id, :agent-id, :discovery-tags … is needed')
  }
  if (!hasRegistry(discoveryCapability)) return RtfsVector.empty
  try {
    return perform(discoveryCapability, options === null ? [criteria] : [criteria, options])
  } catch (error) {
    if (!isCatchable(error) || error.code === 'SecurityViolation' || error.code === 'AgentDiscoveryError')
      throw error
    if (error.code === 'UnknownCapability') return RtfsVector.empty
    throw discoveryError(error.message, registryOf(options), error)
  }
}

function registryOf(options: Value): Value {
  return options instanceof RtfsMap ? (options.get(keyword('registry-uri')) ?? null) : null
}

function discoveryError(message: string, registry: Value = null, cause?: unknown): Error {
  const details = { message, ...(registry === null ? {} : { 'registry-uri': registry }) }
  return languageError('AgentDiscoveryError', `Agent discovery error: ${message}`, details, { cause })
}
