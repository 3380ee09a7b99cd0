/** What a loader accepts (LIMITS); the code generator keeps within it. */
export const moduleLimits = {
  bytes: 8 * 1024 * 1024,
  memoryPages: 1024,
  tableSize: 10_000,
  bodyBytes: 64 * 1024,
  nesting: 1024,
  locals: 1000,
  /** Locals times bytes of one function: compile time grows with both. */
  localBytes: 1.6e7,
} as const

/** How large a function is. */
export interface FunctionSize {
  readonly bytes: number
  /** Parameters included. */
  readonly locals: number
  readonly nesting: number
}

/** Why a function is too large for a loader; `undefined` when it is not. */
export function excessOf({ bytes, locals, nesting }: FunctionSize): string | undefined {
  if (bytes > moduleLimits.bodyBytes) return `a function has ${bytes} bytes`
  if (locals > moduleLimits.locals) return `a function has ${locals} locals`
  if (locals * bytes > moduleLimits.localBytes) return 'a function has too many locals for its size'
  if (nesting > moduleLimits.nesting) return 'a function nests too deeply'
  return undefined
}
