// `node apps/bench/dist/main.js [what] [options]`: see the README for what there is.
import { delegation } from './delegation.js'
import { l4 } from './l4.js'
import { latency } from './latency.js'
import { parse } from './parse.js'
import { programs } from './run-programs.js'
import { tools } from './tools.js'
import { vectorIndex } from './vector-index.js'

const measurements: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  programs,
  delegation,
  l4,
  index: vectorIndex,
  parse,
  latency,
  tools,
}

const [first, ...rest] = process.argv.slice(2)
const named = first !== undefined && !first.startsWith('-')
const name = named ? first : 'programs'
const measurement = measurements[name]
if (measurement === undefined) {
  console.error(`there is no measurement ${name}; there are: ${Object.keys(measurements).join(', ')}`)
  process.exitCode = 2
} else {
  await measurement(named ? rest : process.argv.slice(2))
}
