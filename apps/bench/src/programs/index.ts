import type { BenchCase } from './case.js'
import { collectionCases } from './collections.js'
import { numericCases } from './numeric.js'
import { orderCases } from './orders.js'
import { stringCases } from './strings.js'

export type { BenchCase, JavaScriptProgram } from './case.js'

/** All programs, in the order of the table. */
export const cases: readonly BenchCase[] = [
  ...numericCases,
  ...collectionCases,
  ...stringCases,
  ...orderCases,
]
