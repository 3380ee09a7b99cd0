import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureInTurns } from './measure.js'
import type { ParseAnswer, ParseRequest } from './parse-child.js'

const defaultSizes = [1_000, 10_000, 100_000, 1_000_000]
const defaultPeers = ['parse', 'forms', 'json', 'edn', 'lezer', 'tree-sitter']

/** The parser's speed has to be so many times that of each of these, in texts of one size. */
const ratios: readonly { readonly peer: string; readonly atLeast: number; readonly size: number }[] = [
  { peer: 'edn', atLeast: 2, size: 1_000_000 },
  { peer: 'lezer', atLeast: 5, size: 1_000_000 },
  { peer: 'tree-sitter', atLeast: 5, size: 1_000_000 },
]
/** Megabytes a second that it has to make in texts up to `size`. */
const floor = { megabytes: 20, size: 100_000 }

/** A sample is long enough that collecting garbage is a part of each. */
const sampleMs = 200

interface ParserProcess {
  readonly id: string
  ask(request: ParseRequest): Promise<ParseAnswer>
  close(): void
}

/** `main.js parse [--sizes 1000,100000] [--peers parse,edn] [--rounds N] [--json]`: megabytes a second. */
export async function parse(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: 'string', default: defaultSizes.join(',') },
      peers: { type: 'string', default: defaultPeers.join(',') },
      rounds: { type: 'string', default: '7' },
      json: { type: 'boolean', default: false },
    },
  })
  const rounds = whole('--rounds', values.rounds)
  const sizes = values.sizes.split(',').map(size => whole('--sizes', size))
  const processes = values.peers.split(',').map(startParser)
  const names = new Map<string, string>()
  const speeds = new Map<number, ReadonlyMap<string, number>>()
  try {
    for (const size of sizes) speeds.set(size, await measureSize(size, processes, rounds, names))
  } finally {
    for (const process of processes) process.close()
  }
  const table = [...speeds].map(([size, each]) => ({ size, megabytesASecond: Object.fromEntries(each) }))
  if (values.json) console.log(JSON.stringify(table, undefined, 2))
  else print(speeds, names, rounds)
}

function whole(option: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`${option} takes whole numbers of at least 1`)
  return value
}

function startParser(id: string): ParserProcess {
  if (!defaultPeers.includes(id)) {
    throw new RangeError(`there is no peer ${id}; there are: ${defaultPeers.join(', ')}`)
  }
  const child = fork(fileURLToPath(new URL('./parse-child.js', import.meta.url)), [id])
  return {
    id,
    ask: request =>
      new Promise((resolve, reject) => {
        const ended = () => reject(new Error(`${id}: the process ended`))
        child.once('exit', ended)
        child.once('message', (answer: ParseAnswer) => {
          child.off('exit', ended)
          if ('error' in answer) reject(new Error(`${id}: ${answer.error}`))
          else resolve(answer)
        })
        child.send(request)
      }),
    close: () => void child.kill(),
  }
}

/** Megabytes a second of each parser, after all have found the same number of forms. */
async function measureSize(
  size: number,
  processes: readonly ParserProcess[],
  rounds: number,
  names: Map<string, string>,
): Promise<ReadonlyMap<string, number>> {
  const lengths = new Map<string, number>()
  const counts = new Map<string, number>()
  for (const { id, ask } of processes) {
    const answer = await ask({ size, calls: 0 })
    if (!('name' in answer)) throw new Error(`${id} does not say what it reads`)
    names.set(id, answer.name)
    lengths.set(id, answer.length)
    // The JSON text has fewer characters for the same forms.
    if (id !== 'json') counts.set(id, answer.forms)
  }
  if (new Set(counts.values()).size > 1) {
    throw new Error(`not all find the same forms: ${JSON.stringify(Object.fromEntries(counts))}`)
  }
  const runs = processes.map(({ id, ask }) => ({
    name: id,
    async measure(calls: number): Promise<number> {
      const answer = await ask({ size, calls })
      if (!('ms' in answer)) throw new Error(`${id} gives no time`)
      return answer.ms
    },
  }))
  const samples = await measureInTurns(runs, rounds, sampleMs)
  return new Map(samples.map(({ name, medianMs }) => [name, lengths.get(name)! / 1000 / medianMs]))
}

function print(
  speeds: ReadonlyMap<number, ReadonlyMap<string, number>>,
  names: ReadonlyMap<string, string>,
  rounds: number,
): void {
  const width = Math.max(...[...names.values()].map(name => name.length))
  console.log(`MB/s by CPU time, median of ${rounds} rounds, each parser in a process of its own`)
  console.log(`${''.padEnd(width)}  ${[...speeds.keys()].map(size => sizeName(size).padStart(9)).join('')}`)
  for (const [id, name] of names) {
    const cells = [...speeds.values()].map(each => each.get(id)!.toFixed(1).padStart(9))
    console.log(`${name.padEnd(width)}  ${cells.join('')}`)
  }
  const rows = [...speeds].flatMap(([size, each]) => targetRows(size, each))
  if (rows.length > 0) console.log(`\n${rows.join('\n')}`)
}

function sizeName(size: number): string {
  return size >= 1_000_000 ? `${size / 1_000_000} MB` : `${size / 1000} KB`
}

function targetRows(size: number, speeds: ReadonlyMap<string, number>): string[] {
  const ours = speeds.get('parse')
  if (ours === undefined) return []
  const rows: string[] = []
  const row = (met: boolean, what: string, got: string) =>
    rows.push(`${met ? 'met   ' : 'MISSED'} ${what.padEnd(44)} ${got}`)
  if (size <= floor.size) {
    row(ours >= floor.megabytes, `${sizeName(size)}: at least ${floor.megabytes} MB/s`, ours.toFixed(1))
  }
  for (const { peer, atLeast, size: at } of ratios) {
    const theirs = speeds.get(peer)
    if (at !== size || theirs === undefined) continue
    const ratio = ours / theirs
    row(ratio >= atLeast, `${sizeName(size)}: at least ${atLeast} x ${peer}`, ratio.toFixed(2))
  }
  return rows
}
