/*
 * The memory that kernels and their callers share: slots of 8 bytes. Only one kernel runs at a time.
 */

/** In: the fuel to spend before `tick` is asked. Out: the fuel spent. */
export const accountSlot = 0
/** In: calls that may still be entered. Out: 1 when a function was dropped, 0 when not. */
export const stateSlot = 1
/** The account of a recursive function while it runs, as 64-bit integers: spent, and to spend. */
export const spentSlot = 2
export const budgetSlot = 3
/** In: what the kernel reads. Out: the variables of the loop, or the function's value. */
export const firstSlot = 4
