import { javascriptByHand, wasmByHand } from './by-hand.js'
import { nbb, nbbWithoutCode } from './nbb.js'
import type { Peer } from './peer.js'
import { quickjs } from './quickjs.js'
import { compiled, interpreter, interpreterWithoutCode } from './rtfs.js'

export type { Peer, Prepared } from './peer.js'

/** What makes each peer, in the order of the table, by the name that `--peers` takes. */
export const peerFactories: Readonly<Record<string, () => Peer | Promise<Peer>>> = {
  js: javascriptByHand,
  wat: wasmByHand,
  wasm: compiled,
  ir: () => interpreter('ir'),
  'ir-registers': interpreterWithoutCode,
  ast: () => interpreter('ast'),
  quickjs,
  nbb,
  'nbb-strict': nbbWithoutCode,
}
