export { createInlineExecutor } from './inline-executor.js'
export type { WorkerOptions } from './isolated-executor.js'
export { createProcessExecutor } from './process-executor.js'
export { createThreadExecutor } from './thread-executor.js'
