export { createOpenAiEmbedder, type OpenAiEmbedderOptions } from './embedder.js'
