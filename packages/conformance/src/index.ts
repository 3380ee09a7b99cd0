export {
  type Agreement,
  type ComparedProgram,
  type CompareOptions,
  compareTiers,
  type DifferentPart,
  type Disagreement,
  describeDisagreement,
  differentPart,
  type FuelComparison,
} from './compare.js'
export {
  type CorpusCase,
  type CorpusFile,
  CorpusFormatError,
  type CorpusResult,
  type Expected,
  type ExpectedPlace,
  findMismatch,
  parseCorpus,
  runCase,
} from './corpus.js'
export { type CorpusCount, type CorpusSuiteOptions, corpusSuite, countResults } from './corpus-suite.js'
export {
  type DifferentialOptions,
  type DifferentialReport,
  type FoundDisagreement,
  runDifferential,
} from './differential.js'
export {
  effectCapability,
  type GeneratedProgram,
  type GeneratorOptions,
  generatedLimits,
  generateProgram,
} from './generator/program.js'
export {
  describeOutcome,
  type ErrorOutcome,
  type Evaluate,
  type EvaluateOptions,
  isUnsupported,
  type Observations,
  type Outcome,
  type ValueOutcome,
} from './outcome.js'
export {
  type Comparison,
  formatReadable,
  matchesReadable,
  parseReadable,
  type Readable,
  ReadableError,
} from './readable.js'
export type { Runner } from './runner.js'
export { type ShrinkOptions, shrinkSource } from './shrink.js'
