import { digestOf, encodeUtf8 } from '@rtfs/core'
import type { Clock, FunctionExample, Logger, ModuleVerifier, ProgramRunner, Signer } from '@rtfs/interfaces'
import { createL4Cache, type L4Cache } from './cache.js'
import { createSigner } from './ed25519.js'
import { createHashEmbedder } from './hash-embedder.js'
import { createMemoryBlobStore } from './memory-blob-store.js'
import { createMemoryRecordStore } from './memory-record-store.js'
import { createMemoryTrustStore, type MemoryTrustStore } from './memory-trust-store.js'
import type { L4CacheOptions } from './options.js'
import type { PublishRequest } from './publish.js'

/** A clock that goes when it is told to. */
export interface TestClock extends Clock {
  advance(ms: number): void
}

export function testClock(start = 1_700_000_000_000): TestClock {
  let passed = 0
  return {
    now: () => start + passed,
    monotonic: () => passed,
    advance(ms) {
      passed += ms
    },
  }
}

export interface LogLine {
  readonly level: string
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

export function testLogger(): Logger & { readonly lines: LogLine[]; events(): string[] } {
  const lines: LogLine[] = []
  return {
    lines,
    events: () => lines.map(line => line.event),
    log: (level, event, fields) => void lines.push({ level, event, fields }),
  }
}

export const signerA: Signer = createSigner(new Uint8Array(32).fill(1))
export const signerB: Signer = createSigner(new Uint8Array(32).fill(2))

/** Stands for compiled code: the text of an arithmetic operation over two numbers, padded with its name. */
export type Operation = 'add' | 'multiply' | 'subtract'

const operations: Record<Operation, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  multiply: (a, b) => a * b,
  subtract: (a, b) => a - b,
}

export function bytesOf(operation: Operation): Uint8Array {
  return encodeUtf8(`op:${operation}`)
}

export function runBytes(bytes: Uint8Array, a: number, b: number): number {
  const name = new TextDecoder().decode(bytes).replace(/^op:/, '') as Operation
  return operations[name](a, b)
}

export const testRunner: ProgramRunner = {
  runExamples: async ({ bytes, examples }) =>
    examples.map(example => {
      if (!('expected' in example)) return { passed: false, detail: 'expected an error, got a value' }
      const result = runBytes(bytes, example.args[0] as number, example.args[1] as number)
      return { passed: result === example.expected, detail: `expected ${example.expected}, got ${result}` }
    }),
}

export const testVerifier: ModuleVerifier = {
  verify: async ({ examples, bytes }) => {
    const outcomes = await testRunner.runExamples({
      bytes,
      digest: digestOf(bytes),
      interface: '',
      exportName: 'f',
      imports: [],
      examples,
    })
    const failed = outcomes.find(outcome => !outcome.passed)
    return {
      verifier: { id: 'test', version: '1' },
      checks: [
        { name: 'type check', passed: true, cases: 1, detail: 'types fit' },
        {
          name: 'examples',
          passed: failed === undefined,
          cases: examples.length,
          detail: failed?.detail ?? 'all pass',
        },
      ],
    }
  },
}

export const binaryInterface = '[:fn [:int :int] :int]'
export const binaryHash = digestOf(encodeUtf8(binaryInterface))

export function example(a: number, b: number, expected: number): FunctionExample {
  return { args: [a, b], expected }
}

export function request(
  operation: Operation,
  description: string,
  more: Partial<PublishRequest> = {},
): PublishRequest {
  return {
    name: operation,
    description,
    interface: binaryInterface,
    interfaceHash: binaryHash,
    codeHash: digestOf(encodeUtf8(`code ${operation}`)),
    effects: [],
    examples: [],
    bytes: bytesOf(operation),
    exportName: 'f',
    imports: [],
    backend: { id: 'test', version: '1' },
    source: `(defn ${operation} [a b] (${operation} a b))`,
    ir: encodeUtf8(`ir ${operation}`),
    ...more,
  }
}

export type TestModule = (a: number, b: number) => number

export interface TestCache {
  readonly cache: L4Cache<TestModule>
  readonly blobs: ReturnType<typeof createMemoryBlobStore>
  readonly records: ReturnType<typeof createMemoryRecordStore>
  readonly trust: MemoryTrustStore
  readonly clock: TestClock
  readonly logger: ReturnType<typeof testLogger>
  readonly prepared: string[]
}

export function testCache(more: Partial<L4CacheOptions<TestModule>> = {}): TestCache {
  const blobs = createMemoryBlobStore()
  const records = createMemoryRecordStore()
  const trust = createMemoryTrustStore([{ publicKey: signerA.publicKey }])
  const clock = testClock()
  const logger = testLogger()
  const prepared: string[] = []
  const cache = createL4Cache<TestModule>({
    blobs,
    records,
    trust,
    clock,
    logger,
    namespace: 'acme',
    target: 'wasm32',
    abi: '1',
    signer: signerA,
    verifier: testVerifier,
    runner: testRunner,
    embedder: createHashEmbedder(),
    prepare: (bytes, manifest) => {
      prepared.push(manifest.blob.sha256)
      return (a, b) => runBytes(bytes, a, b)
    },
    ...more,
  })
  return { cache, blobs, records, trust, clock, logger, prepared }
}
