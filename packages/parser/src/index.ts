export type * from './ast.js'
export { ast } from './ast-factories.js'
export type { ImportMacros, MacroEvaluator } from './expander.js'
export { exportsOf, type ModuleExport } from './exports.js'
export { formToValue, type ValueToFormLimits, valueToForm } from './form-data.js'
export { type FormatOptions, formatSource, printExpr, printProgram } from './format.js'
export type {
  AnonymousFnForm,
  AtomForm,
  ColonForm,
  CommentForm,
  DiscardForm,
  Form,
  FormKind,
  ListForm,
  MapForm,
  MetadataForm,
  PrefixForm,
  ReaderMacroForm,
  SymbolForm,
  VectorForm,
} from './forms.js'
export { freeSymbols } from './free-symbols.js'
export { hasExecutionHints } from './metadata.js'
export { isCodeProperty } from './objects.js'
export {
  hasErrors,
  type ParseExpressionResult,
  type ParseOptions,
  type ParseResult,
  parse,
  parseExpression,
  parseType,
  typeFromForm,
} from './parse.js'
export { printForm } from './print-form.js'
export { type ReadFormsOptions, type ReadFormsResult, readForms } from './read-forms.js'
export { forEachChild, forEachDefault, matchPatternNames, patternNames } from './walk.js'
