// The process of `nbbWithoutCode`: loads a program when it is first asked for, answers each request.

import { preparedHere } from './peers/here.js'
import type { NbbAnswer, NbbRequest } from './peers/nbb.js'
import { loadInNbb } from './peers/nbb-program.js'
import type { Prepared } from './peers/peer.js'
import { cases } from './programs/index.js'

const loaded = new Map<string, Prepared>()

process.on('message', ({ caseId, calls }: NbbRequest) => {
  answer(caseId, calls).then(
    value => send({ value }),
    error => send({ error: error instanceof Error ? error.message : String(error) }),
  )
})

async function answer(caseId: string, calls: number): Promise<number> {
  let program = loaded.get(caseId)
  if (program === undefined) {
    program = preparedHere(await loadInNbb(cases.find(({ id }) => id === caseId)!))
    loaded.set(caseId, program)
  }
  return calls === 0 ? program.result() : program.measure(calls)
}

function send(message: NbbAnswer): void {
  process.send!(message)
}
