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
