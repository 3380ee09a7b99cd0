import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { HttpFailure } from './http-failure.js'

const notPublic = new BlockList()

for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  notPublic.addSubnet(network, prefix, 'ipv4')
}

// Of IPv6 only 2000::/3 is given out; what embeds IPv4 addresses could name private ones.
const globalV6 = new BlockList()
globalV6.addSubnet('2000::', 3, 'ipv6')
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const) {
  notPublic.addSubnet(network, prefix, 'ipv6')
}

/** True for an address of the public internet: not of this machine, a local network, or a reserved range. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !notPublic.check(address, 'ipv4')
  if (family !== 6) return false
  return globalV6.check(address, 'ipv6') && !notPublic.check(address, 'ipv6')
}

/**
 * A `checkHost` for HTTP clients that refuses names which resolve to private addresses, for a `fetch` that cannot be
 * exchanged. `fetch` looks the name up again, and a name whose answers change between the two is not caught:
 * `createPublicFetch` of `@rtfs/core/public-fetch` checks the connection itself.
 */
export function refusePrivateAddresses(
  resolve: (hostname: string) => Promise<readonly string[]> = async hostname =>
    (await lookup(hostname, { all: true })).map(({ address }) => address),
): (hostname: string) => Promise<void> {
  return async hostname => {
    let addresses: readonly string[]
    try {
      addresses = await resolve(hostname.replace(/^\[|\]$/g, ''))
    } catch {
      throw new HttpFailure('unavailable', 'the name of the server cannot be looked up')
    }
    if (addresses.length === 0 || !addresses.every(isPublicAddress)) {
      throw new HttpFailure('refused', 'the name of the server leads to a private address')
    }
  }
}
