import { securityViolation } from '@rtfs/core'
import type { CapabilityTable } from '@rtfs/runtime'

/** What the grants of one capability are limited to; `undefined` when one of them is not limited. */
export type Scopes = readonly string[] | undefined

/** What capabilities are made with. */
export interface CapabilityContext {
  readonly scopesOf: (capability: string) => Scopes
  readonly isGranted: (capability: string) => boolean
  readonly cwd: string
  /** Where stores are kept. */
  readonly dir: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Makes the capabilities of one family. */
export type CapabilityFamily = (context: CapabilityContext) => CapabilityTable

/** The error of something that the grant does not reach. */
export function outOfScope(capability: string, what: string, scopes: Scopes): Error {
  const reach = scopes === undefined ? 'any grant' : `the grant for ${scopes.join(', ')}`
  return securityViolation(what, capability, reach)
}
