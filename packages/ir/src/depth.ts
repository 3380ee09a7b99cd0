/** Deepest nesting of nodes: what lowering, the passes and the encodings can walk on the native stack. */
export const maxDepth = 1_000
