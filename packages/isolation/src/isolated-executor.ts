import { targetId as wasmTarget } from '@rtfs/bytecode-backend'
import { digestOf, RtfsError, type Value } from '@rtfs/core'
import type { IsolatedCall, IsolatedExecutor, IsolatedResult } from '@rtfs/interfaces'
import { attempt } from './attempt.js'
import { performEffect } from './perform-effect.js'
import { WorkerPool } from './pool.js'
import type { Recorded, Reply, Request } from './protocol.js'
import { fromWire, toWire } from './wire.js'
import { errorFromWire } from './wire-error.js'
import type { IsolatedWorker } from './worker.js'

/** Options of the executors that keep workers. */
export interface WorkerOptions {
  /** Workers kept warm, and calls at the same time. Default 2. */
  readonly size?: number
  /** Calls that may wait for a worker. Default 10,000. */
  readonly maxWaiting?: number
  /** Milliseconds that a call gets beyond its own deadline before its worker is killed. Default 200. */
  readonly graceMs?: number
  /** Bytes that a worker may hold: the heap of a thread, resident memory of a process. Default 512 MiB. */
  readonly memoryBytes?: number
  /** URL of a module that exports `createExecutors()`, for targets besides WebAssembly. */
  readonly executors?: URL
  /** Where the worker's code is. Default: beside this file; a bundler has to say where it put it. */
  readonly entry?: URL
}

/** How many effects one call may perform; each replays the call. */
const maxEffects = 10_000

/** The part that threads and processes share: a pool, replay of effects, what happens when a worker is lost. */
export function createWorkerExecutor(
  level: 'thread' | 'process',
  start: (memoryBytes: number) => IsolatedWorker,
  { size = 2, maxWaiting = 10_000, graceMs = 200, memoryBytes = 512 * 2 ** 20 }: WorkerOptions,
): IsolatedExecutor {
  const pool = new WorkerPool(() => start(memoryBytes), size, maxWaiting)
  let lastId = 0

  async function oneAttempt(
    worker: IsolatedWorker,
    call: IsolatedCall,
    fixed: Fixed,
    recorded: readonly Recorded[],
  ) {
    const send = (bytes: Uint8Array | undefined) => {
      const request: Request = { ...fixed, id: ++lastId, bytes, recorded }
      return attempt(worker, request, { graceMs, memoryBytes, signal: call.signal })
    }
    const known = worker.sent.has(fixed.key)
    worker.sent.add(fixed.key)
    const end = await send(known ? undefined : call.bytes)
    return 'reply' in end && end.reply.kind === 'need-bytes' ? send(call.bytes) : end
  }

  async function run(worker: IsolatedWorker, call: IsolatedCall): Promise<Reply> {
    const recorded: Recorded[] = []
    const fixed = fixedOf(call)
    for (;;) {
      const end = await oneAttempt(worker, call, fixed, recorded)
      if ('failure' in end) throw end.failure
      if (end.reply.kind !== 'effect') return end.reply
      if (recorded.length >= maxEffects) {
        throw new RtfsError('RTFS_ISOLATION', `more than ${maxEffects} effects in one call`)
      }
      recorded.push(await performEffect(end.reply, call))
    }
  }

  return {
    level,
    async call(call) {
      const worker = await pool.acquire(call.signal)
      try {
        const result = resultOf(await run(worker, call))
        pool.release(worker)
        if (result instanceof RtfsError) throw result
        return result
      } catch (error) {
        // Whatever is not an answer of the code leaves a worker in a state nobody knows.
        if (!answered.has(error as object)) await pool.discard(worker)
        throw error
      }
    },
    warm: () => pool.warm(),
    close: () => pool.close(),
  }
}

type Fixed = Omit<Request, 'id' | 'bytes' | 'recorded'>

function fixedOf({ bytes, prepare, targetId = wasmTarget, exportName, args, limits }: IsolatedCall): Fixed {
  const { imports, exports, debug } = prepare
  return {
    targetId,
    key: keyOf(
      bytes,
      JSON.stringify([targetId, imports, exports, debug === undefined ? null : digestOf(debug)]),
    ),
    imports,
    exports,
    debug,
    exportName,
    args: args.map(toWire),
    limits,
  }
}

/** Digests of modules by their buffer: a warm call does not hash again. Callers do not change the bytes. */
const digests = new WeakMap<Uint8Array, string>()

function keyOf(bytes: Uint8Array, prepared: string): string {
  let digest = digests.get(bytes)
  if (digest === undefined) digests.set(bytes, (digest = digestOf(bytes)))
  return `${digest} ${prepared}`
}

/** Errors that are the code's own answer, so that its worker is as good as before. */
const answered = new WeakSet<object>()

function resultOf(reply: Reply): IsolatedResult | RtfsError {
  if (reply.kind === 'value') return { value: fromWire(reply.value) as Value, fuel: reply.fuel }
  if (reply.kind !== 'error') throw new RtfsError('RTFS_ISOLATION', 'the worker asks for bytes it was sent')
  const error = errorFromWire(reply.error)
  answered.add(error)
  return error
}
