import { fork } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Finding, fuzzParser } from './fuzz-parser.js'

/* node apps/fuzz/dist/main.js [--count 1000000] [--seed 1] [--out DIR]: mutated texts against the parser. */

/** Inputs for each child, and the wall time it may take: a child that hangs is killed, its range of seeds told. */
const chunk = 10_000
const chunkMs = 300_000

if (process.send !== undefined) {
  const { seed, count } = JSON.parse(process.argv[2]!) as { seed: number; count: number }
  process.send(fuzzParser(seed, count))
  process.disconnect()
} else {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: 'fuzz-findings' },
    },
  })
  const count = Number(values.count)
  const seed = Number(values.seed)
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(seed)) {
    console.error('--count and --seed take integers')
    process.exit(2)
  }
  let done = 0
  let found = 0
  for (let from = 0; from < count; from += chunk) {
    const size = Math.min(chunk, count - from)
    for (const { seed: at, problem, text } of await inChild(seed + from, size)) {
      found++
      mkdirSync(values.out, { recursive: true })
      writeFileSync(`${values.out}/${at}.rtfs`, text)
      console.log(`seed ${at}: ${problem}`)
    }
    done += size
    if (done % 100_000 === 0) console.error(`${done} inputs, ${found} findings`)
  }
  console.log(`${done} mutated inputs from seed ${seed}: ${found} findings`)
  process.exitCode = found === 0 ? 0 : 1
}

function inChild(seed: number, count: number): Promise<readonly Finding[]> {
  return new Promise(resolve => {
    const child = fork(fileURLToPath(import.meta.url), [JSON.stringify({ seed, count })])
    const range = `seeds ${seed} to ${seed + count - 1}`
    const fail = (problem: string) => resolve([{ seed, problem: `${range}: ${problem}`, text: '' }])
    const timer = setTimeout(() => child.kill('SIGKILL'), chunkMs)
    child.once('message', findings => resolve(findings as readonly Finding[]))
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      if (code !== 0) fail(`the process ended with ${signal ?? code}`)
    })
  })
}
