import { languageError } from '@rtfs/core'
import type { InferenceRequest, ModelProvider } from '@rtfs/interfaces'

/** Model providers of this process by id. */
export interface ModelRegistry {
  register(provider: ModelProvider): void
  find(id: string): ModelProvider | undefined
  /** The provider, or NotImplemented `Model provider not found: id` (LANGUAGE §15.5). */
  require(id: string): ModelProvider
  readonly ids: readonly string[]
}

/** Makes a registry holding the given providers. */
export function createModelRegistry(providers: readonly ModelProvider[] = []): ModelRegistry {
  const byId = new Map(providers.map(provider => [provider.id, provider]))
  return {
    register(provider) {
      byId.set(provider.id, provider)
    },
    find: id => byId.get(id),
    require(id) {
      const provider = byId.get(id)
      if (provider !== undefined) return provider
      const message = `Model provider not found: ${id}`
      throw languageError('NotImplemented', `Not implemented: ${message}`, { message })
    },
    get ids() {
      return [...byId.keys()]
    },
  }
}

/** A model that answers `[ECHO] ` and the prompt; for tests. */
export function createEchoModel(id = 'echo-model'): ModelProvider {
  return {
    id,
    infer: (request: InferenceRequest) => Promise.resolve({ text: `[ECHO] ${request.prompt}`, model: id }),
  }
}
