import { appendFileSync } from 'node:fs'
import { isRtfsError } from '@rtfs/core'
import { createRuntime } from '@rtfs/runtime'
import { openSqliteJournalStore } from '../src/index.js'

/** Runs a program with many effects against a journal. Every effect writes a line, before it answers. */
const [dir, log, killedAt] = process.argv.slice(2)

const program = `
  (defn now [i] (call :test.now i))
  (defn later [i] (parallel [a (call :test.later (+ i 1))] [b (call :test.later (+ i 2))]))
  (loop [i 0 sum 0]
    (if (< i 120)
      (let [first (now i) pair (later i)]
        (recur (+ i 3) (+ sum first (now (+ 1000 i)) (:a pair) (:b pair))))
      sum))`

function happen(argument: unknown): unknown {
  appendFileSync(log!, `${String(argument)}\n`)
  if (String(argument) === killedAt) process.kill(process.pid, 'SIGKILL')
  return argument
}

const idempotent = killedAt === undefined
const journal = await openSqliteJournalStore({ dir: dir! })
const runtime = createRuntime({
  journal,
  security: { level: 'controlled', allowedCapabilities: ['test.now', 'test.later'] },
  capabilities: {
    'test.now': { idempotent, execute: args => happen(args[0]) as number },
    'test.later': {
      idempotent,
      execute: async args => {
        await new Promise(resolve => setImmediate(resolve))
        return happen(args[0]) as number
      },
    },
  },
})
try {
  const { value } = await runtime.run(program, { runId: 'run' })
  process.stdout.write(`${String(value)}\n`)
} catch (error) {
  process.stdout.write(`${isRtfsError(error) ? error.code : ''} ${(error as Error).message}\n`)
}
