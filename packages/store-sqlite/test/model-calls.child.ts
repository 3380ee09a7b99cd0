import { appendFileSync } from 'node:fs'
import { isRtfsError } from '@rtfs/core'
import type { ModelProvider } from '@rtfs/interfaces'
import { createRuntime } from '@rtfs/runtime'
import { openSqliteJournalStore } from '../src/index.js'

/** A program with 50 calls of a model against a journal on disk. Every call writes its prompt, before it answers. */
const [dir, log, killedAt] = process.argv.slice(2)

const program = `
  (defn ask "Repeats." ^:delegation :remote "m" [i])
  (reduce (fn [sum i] (+ sum (count (ask i)))) 0 (range 50))`

let asked = 0
const model: ModelProvider = {
  id: 'm',
  async infer({ prompt }) {
    appendFileSync(log!, `${prompt}\n`)
    if (++asked === Number(killedAt)) process.kill(process.pid, 'SIGKILL')
    await new Promise(resolve => setImmediate(resolve))
    return { text: 'abc', model: 'm' }
  },
}
const runtime = createRuntime({
  journal: await openSqliteJournalStore({ dir: dir! }),
  security: { allowedCapabilities: ['model-call:m'] },
  delegation: { models: { find: id => (id === 'm' ? model : undefined) } },
})
try {
  const { value } = await runtime.run(program, { runId: 'run' })
  process.stdout.write(`${String(value)}\n`)
} catch (error) {
  process.stdout.write(`${isRtfsError(error) ? error.code : ''} ${(error as Error).message}\n`)
}
