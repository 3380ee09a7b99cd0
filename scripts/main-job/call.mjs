// Second half of the main job, in a process of its own: functions are looked up and called; each line says what was
// decided and why. Two requests must be refused: a near-opposite description, and a tampered blob.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { float, formatValue, fromJs } from '../../packages/core/dist/index.js'
import { createRtfs, pureExecution } from '../../packages/sdk/dist/index.js'

const [dir] = process.argv.slice(2)
const rtfs = createRtfs({ dir })
let failures = 0

/** The same function as examples.money/net-price, with other names and another layout. */
const renamed = `
(defn round-it [x :float] :float
  (let [s (* x 100.0) n (if (< s 0.0) -1.0e-6 1.0e-6)] (/ (float (round (+ s n))) 100.0)))
(defn without-vat [price :float vat :float] :float (round-it (/ price (+ 1.0 vat))))`

const floats = '[:=> [:float :float] :float]'
const taxExample = { args: [float(50), float(0.1)], expected: float(55) }

try {
  const [own] = rtfs.functions(renamed).filter(fn => fn.name === 'without-vat')
  await expectHit('by the same code under other names', [float(55), float(0.1)], '50.0', {
    signature: own.signature,
    codeHash: own.codeHash,
    modes: ['same-code'],
  })
  await expectHit('by exact interface, the newest', ['the good place'], '"The Good Place"', {
    signature: '[:=> [:string] :string]',
    modes: ['same-interface'],
  })
  await expectHit(
    'by the interface of a sorted merge',
    [
      [1, 4],
      [2, 3],
    ],
    '[1 2 3 4]',
    {
      signature: '[:=> [[:vector :int] [:vector :int]] [:vector :int]]',
      modes: ['same-interface'],
    },
  )
  await expectHit('by meaning: "cost of an article including VAT"', [float(19.99), float(0.19)], '23.79', {
    signature: floats,
    task: 'cost of an article including VAT',
    examples: [taxExample],
  })
  await expectHit(
    'by meaning: "how many days lie between two calendar dates"',
    [
      [2024, 2, 1],
      [2024, 3, 1],
    ],
    '29',
    {
      signature: '[:=> [[:tuple :int :int :int] [:tuple :int :int :int]] :int]',
      task: 'how many days lie between two calendar dates',
      examples: [{ args: [fromJs([2024, 1, 1]), fromJs([2024, 1, 8])], expected: 7 }],
    },
  )
  await expectMiss('a near-opposite: "price without tax"', {
    signature: floats,
    task: 'price without tax: sales tax at the given rate is not added',
    examples: [{ args: [float(50), float(0.1)], expected: float(50) }],
  })
  await delegated()
  await tampered()
} finally {
  await rtfs.close()
}
process.exitCode = failures === 0 ? 0 : 1

/** Finds, loads with every check, calls, and compares with what must come out. */
async function expectHit(title, args, expected, request) {
  const answer = await rtfs.find(request)
  if (answer.hit === undefined) return fail(title, `L4 miss: ${answer.reason}`)
  const loaded = await rtfs.load(answer.hit.target)
  if (!loaded.loaded) return fail(title, `L4 miss: refused at ${loaded.gate}: ${loaded.reason}`)
  const began = performance.now()
  const value = loaded.module.call(
    loaded.manifest.export,
    args.map(arg => fromJs(arg)),
    pureExecution(),
  )
  const took = performance.now() - began
  const similarity = answer.hit.score === undefined ? '' : ` similarity ${answer.hit.score.toFixed(3)}`
  const examples =
    request.examples === undefined ? '' : ` examples ${request.examples.length}/${request.examples.length}`
  const text = formatValue(value)
  const line =
    `L4 hit ${loaded.manifest.blob.sha256.slice(0, 19)}… wasm ${took.toFixed(2)} ms${similarity}${examples}` +
    ` (${answer.reason}) ${loaded.manifest.name} => ${text}`
  return text === expected ? report(title, line) : fail(title, `${line}, expected ${expected}`)
}

async function expectMiss(title, request) {
  const answer = await rtfs.find(request)
  if (answer.hit !== undefined) return fail(title, `L4 hit ${answer.hit.record.name}, which must be refused`)
  const [nearest] = [...answer.candidates].sort((a, b) => (b.score ?? -1) - (a.score ?? -1))
  if (nearest === undefined) return fail(title, `no candidate was looked at: ${answer.reason}`)
  return report(
    title,
    `L4 miss: all ${answer.candidates.length} candidates refused; nearest ${nearest.name}, ` +
      `similarity ${nearest.score?.toFixed(3)}: ${nearest.reason}`,
  )
}

/** A program that declares a function without a body: the runtime follows the decision into the compiled module. */
async function delegated() {
  const title = 'a declaration without a body, from a program'
  const source = `(defn with-tax "Gross amount for a net amount and a tax rate."
    ^{:examples [[[50.0 0.1] 55.0]]} ^:delegation :l4 [net :float rate :float] :float)
  (with-tax 80.0 0.25)`
  try {
    const { value } = await rtfs.run(source)
    const text = formatValue(value)
    return text === '100.0'
      ? report(title, `resolved from L4 => ${text}`)
      : fail(title, `gave ${text}, expected 100.0`)
  } catch (error) {
    return fail(title, error.message)
  }
}

/** One bit of the stored module is flipped in a copy of the cache: it must not run. */
async function tampered() {
  const title = 'a tampered blob'
  const copy = mkdtempSync(join(tmpdir(), 'rtfs-tampered-'))
  const other = createRtfs({ dir: copy })
  try {
    cpSync(dir, copy, { recursive: true })
    const { hit } = await rtfs.find({ signature: floats, task: 'price with tax', examples: [taxExample] })
    if (hit === undefined) return fail(title, 'the module to tamper with was not found')
    flipBit(fileOf(copy, hit.target.storagePointer))
    const loaded = await other.load(hit.target)
    if (loaded.loaded) return fail(title, 'it was loaded')
    return report(title, `L4 miss: refused at ${loaded.gate}: ${loaded.reason}`)
  } finally {
    await other.close()
    rmSync(copy, { recursive: true, force: true })
  }
}

function fileOf(copy, digest) {
  const hex = digest.replace('sha256:', '')
  const name = readdirSync(copy, { recursive: true }).find(path => path.includes(hex))
  if (name === undefined) throw new Error(`the cache has no file for ${digest}`)
  return join(copy, name)
}

function flipBit(file) {
  const bytes = readFileSync(file)
  bytes[bytes.length >> 1] ^= 1
  writeFileSync(file, bytes)
}

function report(title, line) {
  console.log(`${title}\n  ${line}`)
}

function fail(title, line) {
  failures++
  console.log(`${title}\n  FAILED ${line}`)
}
