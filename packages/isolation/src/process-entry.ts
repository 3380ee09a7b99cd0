import { answer } from './answer.js'
import { loadExecutors } from './executors.js'
import { PreparedCache } from './prepared-cache.js'
import type { Request } from './protocol.js'

// What a child process runs: it answers one request after the other, and ends when its parent is gone.
const modules = new PreparedCache(await loadExecutors(process.argv[2]))
process.on('disconnect', () => process.exit(0))
process.on('message', (request: Request) => process.send?.(answer(request, modules)))
