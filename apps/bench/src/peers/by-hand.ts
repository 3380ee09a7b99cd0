import wabt from 'wabt'
import { peerHere } from './here.js'
import type { Peer } from './peer.js'

/** JavaScript written by hand, on plain numbers and objects. */
export function javascriptByHand(): Peer {
  return peerHere('js', `JS by hand, Node ${process.versions.node}`, async ({ handwritten, freshData }) => {
    const { data, run } = handwritten
    if (data === undefined) return run as () => number
    const made = data() as never
    if (freshData === true)
      return { make: () => (made as unknown[]).slice(), run: items => run(items as never) }
    return () => run(made)
  })
}

/** A WebAssembly module written by hand on i64, with the overflow checks that RTFS has. */
export async function wasmByHand(): Promise<Peer> {
  const tools = await wabt()
  return peerHere('wat', 'wasm by hand', async ({ id, wat }) => {
    if (wat === undefined) return undefined
    const { buffer } = tools.parseWat(`${id}.wat`, wat).toBinary({})
    const instance = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(buffer)))
    return instance.exports['run'] as () => number
  })
}
