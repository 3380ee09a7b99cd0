import { parseArgs } from 'node:util'
import { measureInTurns, type Sample } from './measure.js'
import { type Peer, type Prepared, peerFactories } from './peers/index.js'
import { type BenchCase, cases } from './programs/index.js'
import { targetRows } from './targets.js'

/** One column of the table: what each peer took, by id. */
export interface CaseResult {
  readonly id: string
  readonly name: string
  readonly samples: ReadonlyMap<string, Sample>
}

/** `main.js [programs] [--rounds N] [--cases a,b] [--peers a,b] [--json]`. */
export async function programs(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '7' },
      cases: { type: 'string', default: cases.map(({ id }) => id).join(',') },
      peers: { type: 'string', default: Object.keys(peerFactories).join(',') },
      json: { type: 'boolean', default: false },
    },
  })
  const rounds = Number(values.rounds)
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new RangeError('--rounds takes a whole number of at least 1')
  const chosen = pick('case', values.cases, id => cases.find(each => each.id === id))
  const factories = pick('peer', values.peers, id => peerFactories[id])
  const peers: Peer[] = []
  for (const create of factories) peers.push(await create())

  const results: CaseResult[] = []
  for (const benchCase of chosen) {
    if (!values.json) console.error(`measuring ${benchCase.name} …`)
    results.push(await measureCase(benchCase, peers, rounds))
  }
  for (const peer of peers) await peer.close()

  if (values.json) console.log(JSON.stringify(results.map(asJson), undefined, 2))
  else print(results, peers, rounds)
}

async function measureCase(
  benchCase: BenchCase,
  peers: readonly Peer[],
  rounds: number,
): Promise<CaseResult> {
  const prepared: (Prepared & { readonly name: string })[] = []
  for (const peer of peers) {
    if (benchCase.leaveOut?.includes(peer.id)) continue
    const program = await peer.prepare(benchCase)
    if (program === undefined) continue
    const got = await program.result()
    if (got !== benchCase.expected) {
      throw new Error(`${peer.name} gives ${got} for ${benchCase.name}, expected ${benchCase.expected}`)
    }
    prepared.push({ name: peer.id, ...program })
  }
  const samples = await measureInTurns(prepared, rounds)
  const { id, name } = benchCase
  return { id, name, samples: new Map(samples.map(sample => [sample.name, sample])) }
}

function asJson({ id, name, samples }: CaseResult): object {
  return { id, name, samples: [...samples.values()] }
}

function print(results: readonly CaseResult[], peers: readonly Peer[], rounds: number): void {
  const base = peers[0]!
  console.log(`CPU ms of one call, median of ${rounds} rounds (in brackets: times ${base.name})`)
  const width = Math.max(...peers.map(({ name }) => name.length))
  console.log(`${''.padEnd(width)}  ${results.map(({ id }) => id.padStart(15)).join('')}`)
  for (const { id, name } of peers) {
    const cells = results.map(({ samples }) => cell(samples.get(id), samples.get(base.id)).padStart(15))
    console.log(`${name.padEnd(width)}  ${cells.join('')}`)
  }
  const rows = targetRows(results)
  if (rows.length > 0) console.log(`\n${rows.join('\n')}`)
}

function cell(sample: Sample | undefined, base: Sample | undefined): string {
  if (sample === undefined) return '-'
  const time = sample.medianMs.toFixed(sample.medianMs < 1 ? 2 : 1)
  if (base === undefined) return time
  const ratio = sample.medianMs / base.medianMs
  return `${time} (${ratio.toFixed(ratio < 10 ? 2 : 0)})`
}

function pick<T>(what: string, names: string, find: (name: string) => T | undefined): T[] {
  return names.split(',').map(name => {
    const found = find(name)
    if (found === undefined) throw new RangeError(`there is no ${what} ${name}`)
    return found
  })
}
