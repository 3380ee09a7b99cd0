/** What a loader accepts (LIMITS); the code generator keeps within it. */
export const moduleLimits = {
  bytes: 8 * 1024 * 1024,
  memoryPages: 1024,
  tableSize: 10_000,
  bodyBytes: 64 * 1024,
  nesting: 1024,
  locals: 1000,
  /** What engines accept. */
  params: 1000,
  /** Locals times bytes of one function: compile time grows with both. */
  localBytes: 1.6e7,
} as const

/** What a loader accepts of one function. */
export type FunctionLimits = { readonly [K in 'bodyBytes' | 'nesting' | 'locals' | 'localBytes']: number }

/** How large a function is. */
export interface FunctionSize {
  readonly bytes: number
  /** Parameters included. */
  readonly locals: number
  readonly nesting: number
}

/** Why a function is too large for a loader; `undefined` when it is not. */
export function excessOf(
  { bytes, locals, nesting }: FunctionSize,
  limits: FunctionLimits = moduleLimits,
): string | undefined {
  if (bytes > limits.bodyBytes) return `a function has ${bytes} bytes`
  if (locals > limits.locals) return `a function has ${locals} locals`
  if (locals * bytes > limits.localBytes) return 'a function has too many locals for its size'
  if (nesting > limits.nesting) return 'a function nests too deeply'
  return undefined
}
