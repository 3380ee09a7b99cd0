export { createSentenceEmbedder, type SentenceEmbedderOptions } from './embedder.js'
export { isSentenceModelInstalled, type SentenceModel } from './sentence-model.js'
