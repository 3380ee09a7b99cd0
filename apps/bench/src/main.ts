// `node apps/bench/dist/main.js [--rounds N] [--json]`: every program in every tier and peer, one call each in turns,
// CPU time of this process, median; the ratio is against JavaScript written by hand.
import { parseArgs } from 'node:util'
import { cases } from './cases.js'
import { interleaved, type Sample } from './measure.js'
import { handwrittenJavaScript, handwrittenWasm, nbb, quickjs } from './peers.js'
import { compiled, interpreter } from './rtfs-peers.js'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
})
const rounds = Number(values.rounds)
if (!Number.isSafeInteger(rounds) || rounds < 1) {
  console.error('--rounds takes a whole number of at least 1')
  process.exit(2)
}

const peers = [
  handwrittenJavaScript(),
  await handwrittenWasm(),
  compiled(),
  interpreter('ir'),
  interpreter('ast'),
  await quickjs(),
  await nbb(),
]

const table: { readonly name: string; readonly samples: readonly Sample[] }[] = []
for (const benchCase of cases) {
  const runs = []
  for (const peer of peers) {
    const run = await peer.prepare(benchCase)
    const got = run()
    if (Math.abs(got - benchCase.expected) > 1e-9 * Math.abs(benchCase.expected)) {
      throw new Error(`${peer.name} gives ${got} for ${benchCase.name}, expected ${benchCase.expected}`)
    }
    runs.push({ name: peer.name, run })
  }
  if (!values.json) console.error(`measuring ${benchCase.name} …`)
  table.push({ name: benchCase.name, samples: interleaved(runs, rounds, 1) })
}

if (values.json) console.log(JSON.stringify(table, undefined, 2))
else print()

function print(): void {
  console.log(`CPU ms of one call, median of ${rounds} (in brackets: times JavaScript by hand)`)
  const width = Math.max(...peers.map(peer => peer.name.length))
  console.log(`${''.padEnd(width)}  ${table.map(({ name }) => name.padStart(20)).join('')}`)
  for (const [i, peer] of peers.entries()) {
    const cells = table.map(({ samples }) => {
      const ratio = samples[i]!.medianMs / samples[0]!.medianMs
      return `${samples[i]!.medianMs.toFixed(1)} (${ratio.toFixed(ratio < 10 ? 2 : 0)})`.padStart(20)
    })
    console.log(`${peer.name.padEnd(width)}  ${cells.join('')}`)
  }
}
