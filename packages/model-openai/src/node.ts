import { lookup } from 'node:dns/promises'
import { isPublicAddress } from '@rtfs/core/addresses'
import { modelError } from '@rtfs/delegation'
import type { OpenAiModelOptions } from './model.js'

/** True for addresses of this machine, of its network and of nobody. */
export function isPrivateAddress(address: string): boolean {
  return !isPublicAddress(address)
}

/**
 * A `checkHost` that refuses names which resolve to private addresses, so that a name cannot lead inside. `fetch` looks
 * the name up again: a name whose answers change between the two is not caught. For that use a fixed address.
 */
export function refusePrivateAddresses(
  resolve: (hostname: string) => Promise<readonly string[]> = async hostname =>
    (await lookup(hostname, { all: true })).map(({ address }) => address),
): NonNullable<OpenAiModelOptions['checkHost']> {
  return async hostname => {
    let addresses: readonly string[]
    try {
      addresses = await resolve(hostname.replace(/^\[|\]$/g, ''))
    } catch {
      throw modelError(hostname, 'unavailable', 'the name of the server cannot be looked up')
    }
    if (addresses.length === 0 || addresses.some(isPrivateAddress)) {
      throw modelError(hostname, 'refused', 'the name of the server leads to a private address')
    }
  }
}
