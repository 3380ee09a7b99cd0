export { evaluateProgram } from './ast/program.js'
export { type BytecodeOptions, type BytecodeTierOptions, createBytecodeTier } from './bytecode/tier.js'
export type { DelegationOptions, ModelAnswer } from './delegation/options.js'
export { type FailedRun, runOfError } from './error-run.js'
export { sourceOfError } from './error-source.js'
export type { RunResult } from './execution.js'
export type { CapabilityDefinition, CapabilityFunction, CapabilityTable } from './host/capabilities.js'
export type { RunOutcome } from './host/driver.js'
export { createMemoryJournalStore, type SyncJournalStore } from './host/journal-store.js'
export { type PureOptions, pureServices } from './host/pure-services.js'
export type { EffectInDoubt } from './host/run-state.js'
export type { ContextExposure, SecurityLevel, SecurityOptions } from './host/security.js'
export type { KernelOptions } from './ir/kernel/options.js'
export { createIrTier, type IrTierOptions } from './ir/tier.js'
export { createMacroEvaluator, type MacroEvaluatorOptions } from './macros/macro-evaluator.js'
export type { LoadedSource, ModuleCache } from './modules/compiled-modules.js'
export { createMemoryModuleLoader, type MemoryLoaderOptions } from './modules/memory-loader.js'
export { modulePath, versionOf } from './modules/module-names.js'
export { type ModuleExport, type ModuleMetadata, ModuleRegistry } from './modules/registry.js'
export {
  detectObjectFormat,
  type ObjectFormat,
  objectFormats,
  type ReadObjectOptions,
  readObject,
  type WriteObjectOptions,
  writeObject,
} from './objects/serialization.js'
export { type ValidateObjectOptions, validateObject } from './objects/validate-object.js'
export type { RunOptions, RuntimeOptions, TierChoice } from './options.js'
export { RtfsParseError } from './parse-error.js'
export { createRuntime, parseProgram, type Runtime } from './run.js'
export { OpenRun, type RunSource, Session, type TestResult } from './session.js'
export { Cell, type LoadedModule, UnitFrame, unfilled } from './shared/environment.js'
export type { Services } from './shared/services.js'
export type { Tier } from './shared/tier.js'
