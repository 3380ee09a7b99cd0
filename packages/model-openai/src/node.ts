import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { modelError } from '@rtfs/delegation'
import type { OpenAiModelOptions } from './model.js'

const inside = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  inside.addSubnet(net, bits, 'ipv4')
}
for (const [net, bits] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  inside.addSubnet(net, bits, 'ipv6')
}

/** True for addresses of this machine, of its network and of nobody. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return true
  // An IPv4 address in IPv6 form is checked as what it is by BlockList.
  return inside.check(address, family === 6 ? 'ipv6' : 'ipv4')
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
