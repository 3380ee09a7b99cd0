import type { Value } from '@rtfs/core'

/*
 * What compiled code gives instead of a value, typed as values so that the hot paths need no union. `tailCall`: the
 * machine's tail fields hold the call to make. `recurring`: the slots of the innermost loop or function hold its next
 * round.
 */
export const tailCall = Symbol('tail call') as unknown as Value
export const recurring = Symbol('recur') as unknown as Value
