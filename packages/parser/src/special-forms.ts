import type { Analyser } from './analyser.js'
import type { Expr } from './ast.js'
import {
  analyseAnd,
  analyseCase,
  analyseCond,
  analyseDo,
  analyseIf,
  analyseOr,
  analyseRecur,
  analyseUnless,
  analyseWhen,
} from './control.js'
import { analyseDef, analyseDefmacro, analyseDefstruct, analyseDeftype } from './definitions.js'
import type { ListForm } from './forms.js'
import { analyseDefn, analyseFn } from './functions.js'
import {
  analyseCall,
  analyseDiscoverAgents,
  analyseGet,
  analyseLlmExecute,
  analyseLogStep,
  analyseParallel,
  analyseResourceRef,
  analyseWithResource,
} from './host-forms.js'
import { analyseDotimes, analyseFor } from './iteration.js'
import { analyseIfLet, analyseLet, analyseLoop, analyseWhenLet } from './let.js'
import { analyseMatch } from './match.js'
import { analyseImport, analyseModule } from './modules.js'
import { analyseObject } from './objects.js'
import type { Place } from './place.js'
import { analyseQuasiquoteForm, analyseQuoteForm } from './quasiquote.js'
import { objectKinds, shadowableForms } from './special-names.js'
import { analyseStep, analyseStepIf, analyseStepLoop, analyseStepParallel } from './steps.js'
import { analyseDeftest, analyseIs } from './testing.js'
import { analyseThreadFirst, analyseThreadLast } from './threading.js'
import { analyseThrow, analyseTry, clauseOutsideTry } from './try.js'
import { analyseConforms, analyseThe } from './type-forms.js'

/** Understands one special form. `undefined` says that this shape of it is an ordinary call. */
export type AnalyseForm = (a: Analyser, form: ListForm, place: Place) => Expr | undefined

export interface SpecialForm {
  readonly analyse: AnalyseForm
  /** User code may bind the name; the form is then an ordinary call. */
  readonly shadowable: boolean
}

const analysers: Readonly<Record<string, AnalyseForm>> = {
  // definitions
  def: analyseDef,
  defn: analyseDefn,
  defmacro: analyseDefmacro,
  defstruct: analyseDefstruct,
  deftype: analyseDeftype,
  deftest: analyseDeftest,
  is: analyseIs,
  import: analyseImport,
  // functions and bindings
  fn: analyseFn,
  λ: analyseFn,
  let: analyseLet,
  letrec: analyseLet,
  loop: analyseLoop,
  recur: analyseRecur,
  'if-let': analyseIfLet,
  'when-let': analyseWhenLet,
  // control
  if: analyseIf,
  when: analyseWhen,
  'when-not': analyseUnless,
  unless: analyseUnless,
  cond: analyseCond,
  case: analyseCase,
  do: analyseDo,
  and: analyseAnd,
  or: analyseOr,
  match: analyseMatch,
  for: analyseFor,
  dotimes: analyseDotimes,
  '->': analyseThreadFirst,
  '->>': analyseThreadLast,
  // errors
  try: analyseTry,
  catch: clauseOutsideTry,
  finally: clauseOutsideTry,
  throw: analyseThrow,
  // data
  quote: analyseQuoteForm,
  quasiquote: analyseQuasiquoteForm,
  unquote: (a, form) => a.unquoteOutside('unquote', form),
  'unquote-splicing': (a, form) => a.unquoteOutside('unquote-splicing', form),
  // types
  the: analyseThe,
  'conforms?': analyseConforms,
  // host
  call: analyseCall,
  'llm-execute': analyseLlmExecute,
  'discover-agents': analyseDiscoverAgents,
  get: analyseGet,
  'resource:ref': analyseResourceRef,
  parallel: analyseParallel,
  'with-resource': analyseWithResource,
  'log-step': analyseLogStep,
  step: analyseStep,
  'step-if': analyseStepIf,
  'step-loop': analyseStepLoop,
  'step-parallel': analyseStepParallel,
  'set!': (a, form) =>
    a.fail('P004', 'set! is not supported: names are never assigned', form, {
      hint: 'Use let for a new value, loop and recur for a changing one, or the state capabilities of the host (ccos.state.kv.*).',
    }),
}

const clauses = new Set(['catch', 'finally'])

/** Special form by name: the place to add a form, whose name goes to `special-names.ts`. */
export const specialForms: ReadonlyMap<string, SpecialForm> = new Map([
  ...Object.entries(analysers).map(([name, analyse]): [string, SpecialForm] => [
    name,
    { analyse, shadowable: shadowableForms.has(name) || clauses.has(name) },
  ]),
  ...[...objectKinds].map((kind): [string, SpecialForm] => [
    kind,
    { analyse: kind === 'module' ? analyseModule : analyseObject, shadowable: true },
  ]),
])
