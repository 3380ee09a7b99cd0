export type * from './nodes.js'
export { ir } from './node-factories.js'
export { assertNever, forEachChild, mapChildren } from './children.js'
export { lower, type Lowered, type LowerOptions } from './lower.js'
