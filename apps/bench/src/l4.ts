import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Digest, digestOf, encodeUtf8 } from '@rtfs/core'
import { createIndexFolder } from '@rtfs/index-hnsw'
import type { BlobStore, NewModuleRecord, RecordStore } from '@rtfs/interfaces'
import { createEphemeralSigner, createHashEmbedder, createL4Cache, systemRandom } from '@rtfs/l4-client'
import { createFileBlobStore } from '@rtfs/l4-client/fs'
import {
  createMemoryBlobStore,
  createMemoryRecordStore,
  createMemoryTrustStore,
} from '@rtfs/l4-client/memory'
import { createRtfs } from '@rtfs/sdk'
import { openSqliteRecordStore } from '@rtfs/store-sqlite'
import cacache from 'cacache'
import { open as openLmdb } from 'lmdb'
import { inTurns, report } from './delegation.js'
import { median } from './measure.js'

/** `main.js l4`: what the module cache costs in CPU time, against what it may cost, beside other stores. */
export async function l4([part, directory]: readonly string[] = []): Promise<void> {
  if (part === 'read' && directory !== undefined) return read(directory)
  const dir = mkdtempSync(join(tmpdir(), 'rtfs-bench-l4-'))
  try {
    await modules(join(dir, 'modules'))
    await blobs(dir)
    await lookUps(dir)
    await starts(dir)
    await decisions()
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const small = (n: number) => `(defn f "Adds ${n}." [n :int] :int (+ n ${n}))`

/** Some 10 KB of code: a chain of questions, each with its own sum. */
function large(n: number): string {
  const clauses = Array.from(
    { length: 48 },
    (_, i) => `(= n ${n * 1000 + i}) (+ (* n ${i + 2}) (- ${i + n} (* n n)))`,
  )
  return `(defn f "Large ${n}." [n :int] :int (cond ${clauses.join(' ')} :else n))`
}

const each = 60

/** The first ones of a kind are slower: a process that runs has had them. */
const warmingUp = 20

interface Found {
  readonly id: string
  readonly codeHash: string
  readonly interfaceHash: string
  readonly size: number
  readonly pointer: Digest
}

/** Publishing; then hits, in a process that has compiled none of it: V8 keeps the code of bytes that it has seen. */
async function modules(dir: string): Promise<void> {
  const writer = createRtfs({ dir })
  const found: Found[] = []
  const publications: number[] = []
  for (let i = 0; i < 2 * each + warmingUp; i++) {
    const source = i < each || i >= 2 * each ? small(i) : large(i)
    const before = process.cpuUsage()
    const [published] = await writer.publish(source, { name: `f${i}` })
    const took = milliseconds(process.cpuUsage(before))
    if (published?.ok !== true) throw new Error(`module ${i} was not published: ${published?.error.message}`)
    const { record, manifest } = published.answer
    if (i >= warmingUp && i < each) publications.push(took)
    found.push({
      id: record.id,
      codeHash: record.codeHash,
      interfaceHash: record.interfaceHash,
      size: manifest.blob.size,
      pointer: manifest.blob.sha256,
    })
  }
  await writer.close()
  report(`publish of ${found[0]!.size} bytes, p50 of ${publications.length}`, median(publications), 50, 'ms')
  writeFileSync(join(dir, 'found.json'), JSON.stringify(found))
  const reader = spawnSync(process.execPath, [process.argv[1]!, 'l4', 'read', dir], { stdio: 'inherit' })
  if (reader.status !== 0) throw new Error('the reader failed')
}

/** Cold hits in a process that runs, and warm hits. */
async function read(dir: string): Promise<void> {
  const found = JSON.parse(readFileSync(join(dir, 'found.json'), 'utf8')) as readonly Found[]
  const reader = createRtfs({ dir })
  const cache = await reader.cache()
  for (const [from, atMost] of [
    [0, 1],
    [each, 3],
  ] as const) {
    const times: number[] = []
    for (const { codeHash, interfaceHash } of found.slice(from, from + each)) {
      const before = process.cpuUsage()
      const { hit } = await cache.query({ interfaceHash, codeHash, modes: ['same-code'] })
      const loaded = await cache.load(hit!.target, { interfaceHash })
      times.push(milliseconds(process.cpuUsage(before)))
      if (!loaded.loaded) throw new Error(loaded.reason)
    }
    report(
      `cold hit of ${found[from]!.size} bytes, p50 of ${each - warmingUp}`,
      median(times.slice(warmingUp)),
      atMost,
      'ms',
    )
  }
  // Of modules that nothing here has compiled yet.
  const store = await reader.store()
  const compiling: number[] = []
  for (const { pointer } of found.slice(2 * each)) {
    const bytes = (await store.blobs.get(pointer)) as Uint8Array<ArrayBuffer>
    const before = process.cpuUsage()
    new WebAssembly.Module(bytes)
    compiling.push(milliseconds(process.cpuUsage(before)))
  }
  told('  of it new WebAssembly.Module, small', median(compiling), 'ms')
  const { id, interfaceHash } = found[7]!
  const request = { interfaceHash }
  const { hit } = await cache.query({ ...request, codeHash: found[7]!.codeHash, modes: ['same-code'] })
  await cache.load(id, request)
  let hits = 0
  const [warm] = await inTurns(200_000, async calls => {
    await cache.load(hit!.target, request)
    for (let i = 0; i < calls; i++) if (cache.warm(hit!.target, request) !== undefined) hits++
  })
  if (hits === 0) throw new Error('no warm hit')
  report('warm hit: look-up and checks', warm!, 200, 'ns')
  await reader.close()
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000
}

/** 4 KB by digest, checked; the peers do what each does by itself, or get the same check. */
async function blobs(dir: string): Promise<void> {
  const contents = Array.from({ length: 200 }, (_, i) => {
    const bytes = new Uint8Array(4096)
    for (let at = 0; at < bytes.length; at++) bytes[at] = (at * 31 + i * 17) & 255
    return bytes
  })
  const store: BlobStore = createFileBlobStore({ dir: join(dir, 'blobs') })
  const database = openLmdb<Uint8Array, string>({ path: join(dir, 'lmdb'), encoding: 'binary' })
  const plain = join(dir, 'plain')
  const cacheDir = join(dir, 'cacache')
  mkdirSync(plain)
  const digests: Digest[] = []
  const integrities: string[] = []
  for (const bytes of contents) {
    const digest = digestOf(bytes)
    digests.push(digest)
    await store.put(digest, bytes)
    await database.put(digest, bytes)
    writeFileSync(join(plain, digest.slice(7)), bytes)
    integrities.push(
      String(await cacache.put(cacheDir, digest, Buffer.from(bytes), { algorithms: ['sha256'] })),
    )
  }
  const isSound = (bytes: Uint8Array, digest: Digest) =>
    createHash('sha256').update(bytes).digest('hex') === digest.slice(7)
  let sound = 0
  const [ours, byFile, byLmdb, byDigest, byKey] = await inTurns(
    1000,
    async calls => {
      for (let i = 0; i < calls; i++) if ((await store.get(digests[i % 200]!))!.length === 4096) sound++
    },
    calls => {
      for (let i = 0; i < calls; i++) {
        const digest = digests[i % 200]!
        if (isSound(readFileSync(join(plain, digest.slice(7))), digest)) sound++
      }
    },
    calls => {
      for (let i = 0; i < calls; i++) {
        const digest = digests[i % 200]!
        if (isSound(database.get(digest)!, digest)) sound++
      }
    },
    async calls => {
      for (let i = 0; i < calls; i++)
        if ((await cacache.get.byDigest(cacheDir, integrities[i % 200]!)).length === 4096) sound++
    },
    async calls => {
      for (let i = 0; i < calls; i++)
        if ((await cacache.get(cacheDir, digests[i % 200]!, { memoize: false })).data.length === 4096) sound++
    },
  )
  if (sound % 5 !== 0 || sound === 0) throw new Error('a blob was not read')
  report('4 KB blob, read and checked', ours! / 1000, 30, 'us')
  told('  plain file and sha256', byFile! / 1000)
  told('  lmdb 3.5.6 and sha256', byLmdb! / 1000)
  told('  cacache 20.0.4 by digest', byDigest! / 1000)
  told('  cacache 20.0.4 by key', byKey! / 1000)
  await database.close()
}

function told(name: string, figure: number, unit = 'us'): void {
  console.log(`       ${name.padEnd(44)} ${figure.toFixed(2).padStart(9)} ${unit}`)
}

const embedder = createHashEmbedder()

async function recordOf(i: number): Promise<NewModuleRecord> {
  const description = `Function number ${i} of many`
  const digest = digestOf(encodeUtf8(description))
  const [vector] = await embedder.embed([description])
  return {
    id: digest.slice(7, 39),
    namespace: 'local',
    name: `f${i}`,
    interfaceHash: digest,
    codeHash: digest,
    target: 'wasm',
    abi: '1',
    storagePointer: digest,
    irPointer: digest,
    sourcePointer: digest,
    evidencePointer: digest,
    exportName: 'f',
    effects: [],
    description,
    embedding: { vector: vector!, model: embedder.model.id, revision: embedder.model.revision },
    status: 'Verified',
    envelope: 'x'.repeat(2500),
    createdAt: 1,
  }
}

/** One record by interface, among 10,000 interfaces. */
async function lookUps(dir: string): Promise<void> {
  const memory = createMemoryRecordStore()
  const database = await openSqliteRecordStore({ dir })
  const hashes: Digest[] = []
  for (let i = 0; i < 10_000; i++) {
    const record = await recordOf(i)
    hashes.push(record.interfaceHash)
    await memory.insert(record)
    await database.insert(record)
  }
  const ask = (store: RecordStore) => async (calls: number) => {
    for (let i = 0; i < calls; i++) {
      const [found] = await store.find({
        namespace: 'local',
        interfaceHash: hashes[(i * 7919) % 10_000]!,
        limit: 32,
      })
      if (found === undefined) throw new Error('a record was not found')
    }
  }
  const [inMemory, inDatabase] = await inTurns(3000, ask(memory), ask(database))
  report('look-up by interface in memory', inMemory! / 1000, 10, 'us')
  report('look-up by interface in SQLite', inDatabase! / 1000, 50, 'us')
  await database.close()
}

/** The first free search of a process over the 10,000 records of `lookUps`, with nothing kept and with a kept index. */
async function starts(dir: string): Promise<void> {
  for (const what of ['nothing kept', 'index kept']) {
    const before = process.cpuUsage()
    const records = await openSqliteRecordStore({ dir })
    const cache = createL4Cache({
      blobs: createMemoryBlobStore(),
      records,
      trust: createMemoryTrustStore([]),
      embedder,
      index: createIndexFolder({ dir }),
      prepare: bytes => bytes,
      namespace: 'local',
      target: 'wasm',
      abi: '1',
    })
    const [first] = await cache.search('Function number 7777 of many')
    const took = milliseconds(process.cpuUsage(before))
    if (first?.record.name !== 'f7777') throw new Error('the nearest was not found')
    told(`first search over 10,000 modules, ${what}`, took, 'ms')
    await cache.close()
    await records.close()
  }
}

/** A whole decision by interface: all gates and checks of the record, in memory. */
async function decisions(): Promise<void> {
  const signer = createEphemeralSigner(systemRandom)
  const cache = createL4Cache({
    blobs: createMemoryBlobStore(),
    records: createMemoryRecordStore(),
    trust: createMemoryTrustStore([{ publicKey: signer.publicKey }]),
    signer,
    verifier: {
      verify: async () => ({
        verifier: { id: 'bench', version: '1' },
        checks: [{ name: 'none', passed: true, cases: 1, detail: '' }],
      }),
    },
    embedder,
    prepare: bytes => bytes,
    namespace: 'local',
    target: 'word',
    abi: '1',
  })
  const hashes: Digest[] = []
  for (let i = 0; i < 200; i++) {
    const { interfaceHash, codeHash, description, name } = await recordOf(i)
    hashes.push(interfaceHash)
    await cache.publish({
      name,
      description,
      interface: `[:=> [:int] :f${i}]`,
      interfaceHash,
      codeHash,
      effects: [],
      examples: [],
      bytes: encodeUtf8(description),
      exportName: 'f',
      imports: [],
      backend: { id: 'bench', version: '1' },
    })
  }
  const [decision] = await inTurns(2000, async calls => {
    for (let i = 0; i < calls; i++) {
      const { hit } = await cache.query({ interfaceHash: hashes[i % 200]!, modes: ['same-interface'] })
      if (hit === undefined) throw new Error('no hit')
    }
  })
  told('a decision by interface, checks and all', decision! / 1000)
  await cache.close()
}
