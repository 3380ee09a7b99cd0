export type { LlamaGpu } from './library.js'
export { type LlamaModelOptions, type LlamaModelProvider, openLlamaModel } from './model.js'
