export type * from './nodes.js'
export { ir } from './node-factories.js'
export { assertNever, forEachChild, mapChildren } from './children.js'
export { lower, type Lowered, type LowerOptions } from './lower.js'
export { type IrProblem, verifyUnit } from './verify.js'
export { infer, type Inferred, type InferOptions } from './infer.js'
export { type DecodeOptions, decodeUnit, encodeUnit } from './encode.js'
export { formatNode, type FormatOptions, formatUnit } from './format.js'
export { parseUnitText } from './parse-text.js'
export { unitFromJson, unitToJson } from './json.js'
export type { Json } from './value-json.js'
export { checkTypes, type CheckOptions } from './check.js'
export { codeHash, codeHashes, type CodeHashOptions } from './code-hash.js'
export {
  functionInterface,
  type FunctionInterface,
  functionType,
  interfaceHash,
  interfaceHashV1,
  moduleInterfaceHash,
} from './interface-hash.js'
export { checkEffects, type EffectOptions, inferEffects, unknownEffect } from './effects.js'
export { typeAliases } from './unit-index.js'
export { optimize, type OptimizeLevel } from './optimize.js'
export type { OptimizeOptions } from './pass.js'
