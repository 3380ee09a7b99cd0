// The process of one parser: `parse` forks it, so that no parser collects the garbage of another.

import { type ParserPeer, parserPeers } from './parsers/peers.js'
import { preparedHere } from './peers/here.js'

/** What the child is asked, and what it answers. */
export interface ParseRequest {
  readonly size: number
  /** 0: the answer tells of the text. Otherwise: CPU milliseconds of so many calls. */
  readonly calls: number
}
export type ParseAnswer =
  | { readonly name: string; readonly length: number; readonly forms: number }
  | { readonly ms: number }
  | { readonly error: string }

const peer = parserPeers[process.argv[2] ?? '']!()
const texts = new Map<number, string>()

process.on('message', (request: ParseRequest) => {
  peer
    .then(parser => answer(parser, request))
    .catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }))
    .then((reply: ParseAnswer) => process.send!(reply))
})

async function answer(parser: ParserPeer, { size, calls }: ParseRequest): Promise<ParseAnswer> {
  const text = texts.get(size) ?? parser.textOf(size)
  texts.set(size, text)
  if (calls === 0) return { name: parser.name, length: text.length, forms: parser.check(text) }
  const run = preparedHere(() => {
    const made = parser.parse(text)
    return made === null ? 0 : 1
  })
  return { ms: await run.measure(calls) }
}
