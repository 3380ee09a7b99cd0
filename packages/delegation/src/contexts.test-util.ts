import type { CallContext, FunctionDescription, ModuleLookup, ModuleLookupRequest } from '@rtfs/interfaces'

export const description: FunctionDescription = {
  symbol: 'shop/total',
  signature: '[:=> [:int :int] :int]',
  interfaceHash: `sha256:${'a'.repeat(64)}`,
  codeHash: `sha256:${'b'.repeat(64)}`,
  task: 'add two prices',
  examples: [],
  allowsInterfaceHit: false,
}

export function context(fnSymbol = 'shop/total', extra: Partial<CallContext> = {}): CallContext {
  return {
    fnSymbol,
    argTypeFingerprint: '0123456789abcdef',
    runtimeContextHash: 'fedcba9876543210',
    ...extra,
  }
}

/** A cache that answers with the given hit and remembers what it was asked. */
export function lookup(hit: boolean, asked: ModuleLookupRequest[] = []): ModuleLookup {
  return {
    epoch: 3,
    find(request) {
      asked.push(request)
      return Promise.resolve({
        hit: hit
          ? {
              kind: 'l4-cache-hit',
              storagePointer: `sha256:${'c'.repeat(64)}`,
              moduleId: 'm1',
              exportName: 'total',
              signature: request.fn.signature,
            }
          : undefined,
        reason: hit ? 'same code' : 'no module with this code',
        similarity: undefined,
        trace: ['same-code: asked'],
      })
    },
  }
}
