import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { peerHere } from './here.js'
import { loadInNbb } from './nbb-program.js'
import { type Peer, versionOf } from './peer.js'

/** nbb, an interpreter of ClojureScript (SCI) that makes JavaScript of what it can with `new Function`. */
export function nbb(): Peer {
  return peerHere('nbb', `nbb ${versionOf('nbb')}, new Function`, loadInNbb)
}

/** What the child is asked, and what it answers. */
export interface NbbRequest {
  readonly caseId: string
  /** 0: one call, the answer is its result. Otherwise: CPU milliseconds of so many calls. */
  readonly calls: number
}
export interface NbbAnswer {
  readonly value?: number
  readonly error?: string
}

/** nbb in a process of its own, where code generation from strings is refused. */
export function nbbWithoutCode(): Peer {
  const child = fork(fileURLToPath(new URL('./nbb-child.js', import.meta.url)), {
    execArgv: ['--disallow-code-generation-from-strings'],
  })
  async function ask(request: NbbRequest): Promise<number> {
    child.send(request)
    const [{ value, error }] = (await once(child, 'message')) as [NbbAnswer]
    if (value === undefined) throw new Error(`nbb: ${error}`)
    return value
  }
  return {
    id: 'nbb-strict',
    name: `nbb ${versionOf('nbb')}, refused`,
    prepare: async ({ id }) => ({
      result: () => ask({ caseId: id, calls: 0 }),
      measure: calls => ask({ caseId: id, calls }),
    }),
    async close() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
