import { parentPort, workerData } from 'node:worker_threads'
import { answer } from './answer.js'
import { loadExecutors } from './executors.js'
import { PreparedCache } from './prepared-cache.js'
import type { Request } from './protocol.js'

// What a worker thread runs: it answers one request after the other.
const { executors } = workerData as { readonly executors: string | undefined }
const modules = new PreparedCache(await loadExecutors(executors))
parentPort!.on('message', (request: Request) => parentPort!.postMessage(answer(request, modules)))
