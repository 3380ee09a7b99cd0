export type * from './ast.js'
export { ast } from './ast-factories.js'
export type { ImportMacros, MacroEvaluator } from './expander.js'
export { formToValue, type ValueToFormLimits, valueToForm } from './form-data.js'
export type {
  AtomForm,
  ColonForm,
  CommentForm,
  DiscardForm,
  Form,
  FormKind,
  ListForm,
  MapForm,
  ReaderMacroForm,
  SymbolForm,
  VectorForm,
} from './forms.js'
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
