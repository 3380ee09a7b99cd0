export { bundleModules, sourceName } from './bundle.js'
export { placeOf } from './charges.js'
export { type CheckOptions, checkTypes } from './check.js'
export { assertNever, forEachChild, mapChildren } from './children.js'
export { type CodeHashOptions, codeHash, codeHashes } from './code-hash.js'
export { checkEffects, type EffectOptions, inferEffects, unknownEffect } from './effects.js'
export { type DecodeOptions, decodeUnit, encodeUnit } from './encode.js'
export { type FormatOptions, formatNode, formatUnit } from './format.js'
export { type InferOptions, type Inferred, infer } from './infer.js'
export {
  type FunctionInterface,
  functionInterface,
  functionType,
  interfaceHash,
  interfaceHashV1,
  moduleInterfaceHash,
} from './interface-hash.js'
export { unitFromJson, unitToJson } from './json.js'
export { type Lowered, type LowerOptions, lower } from './lower.js'
export { ir } from './node-factories.js'
export type * from './nodes.js'
export { type OptimizeLevel, optimize } from './optimize.js'
export { parseUnitText } from './parse-text.js'
export type { OptimizeOptions } from './pass.js'
export { typeAliases } from './unit-index.js'
export type { Json } from './value-json.js'
export { forEachMatchedVariable, forEachPatternVariable, forEachVariable } from './variables.js'
export { type IrProblem, verifyUnit } from './verify.js'
