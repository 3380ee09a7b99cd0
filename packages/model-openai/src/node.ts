import { isPublicAddress, refusePrivateAddresses } from '@rtfs/core/addresses'

export { createPublicFetch, type PublicFetchOptions } from '@rtfs/core/public-fetch'
export { refusePrivateAddresses }

/** True for addresses of this machine, of its network and of nobody. */
export function isPrivateAddress(address: string): boolean {
  return !isPublicAddress(address)
}
