import type { Analyser } from './analyser.js'
import type { Expr, MapExpr, Step, StepParallel } from './ast.js'
import { ast } from './ast-factories.js'
import { type Form, keywordOf, type ListForm, stringOf } from './forms.js'

/*
 * `step`, `step-if`, `step-loop`, `step-parallel` (LANGUAGE §5.13).
 */

const stepOptions = new Set(['expose-context', 'context-keys', 'params'])
const parallelOptions = new Set(['merge-policy', 'expose-context', 'context-keys'])
const branchOptions = new Set(['expose-context', 'context-keys'])

interface Option {
  readonly name: string
  readonly key: Form
  readonly value: Form
}

/** The options before the body: known keywords, each with its value. */
function readOptions(
  a: Analyser,
  form: ListForm,
  from: number,
  known: ReadonlySet<string>,
): { options: Option[]; next: number } {
  const options: Option[] = []
  let i = from
  for (; i < form.items.length; i += 2) {
    const key = form.items[i]!
    const name = keywordOf(key)?.name
    if (name === undefined || !known.has(name)) break
    const value = form.items[i + 1]
    if (value === undefined) {
      a.diagnostics.report('P002', `a value must follow :${name}`, key)
      i++
      break
    }
    if (options.some(option => option.name === name))
      a.diagnostics.report('P001', `:${name} is given twice`, key)
    options.push({ name, key, value })
  }
  return { options, next: i }
}

/** `(step "name" …)`; with anything but a string literal it is an ordinary call. */
export function analyseStep(a: Analyser, form: ListForm): Expr | undefined {
  const name = stringOf(form.items[1])
  if (name === undefined) return undefined
  const { options, next } = readOptions(a, form, 2, stepOptions)
  let exposeContext: Step['exposeContext']
  let contextKeys: Step['contextKeys']
  let params: Step['params']
  for (const { name: option, value } of options) {
    if (option === 'expose-context') exposeContext = a.expr(value)
    else if (option === 'context-keys') contextKeys = a.expr(value)
    else params = readParams(a, value)
  }
  return ast.step({ name, exposeContext, contextKeys, params, body: a.body(form.items, next, 'value') }, form)
}

function readParams(a: Analyser, form: Form): MapExpr | undefined {
  if (form.kind !== 'map') {
    a.diagnostics.report('P001', 'the :params of a step are a map', form, {
      hint: 'Write :params {"name" value}; inside the step they are the map %params.',
    })
    return undefined
  }
  for (let i = 0; i < form.items.length; i += 2) {
    if (stringOf(form.items[i]) === undefined) {
      a.diagnostics.report('P001', 'the names of :params are strings', form.items[i]!)
    }
  }
  return ast.map(a.entries(form.items), form)
}

/** Options of `step-if` and `step-loop`: a map before the condition, or keywords with values. */
function readBranchOptions(
  a: Analyser,
  form: ListForm,
  mapCount: number,
): { options: Expr | undefined; next: number } {
  const first = form.items[1]
  if (first?.kind === 'map' && form.items.length - 1 >= mapCount) return { options: a.expr(first), next: 2 }
  const { options, next } = readOptions(a, form, 1, branchOptions)
  if (options.length === 0) return { options: undefined, next }
  const span = { start: options[0]!.key.start, end: options[options.length - 1]!.value.end }
  const entries = options.map(({ key, value }) => ({ key: a.expr(key), value: a.expr(value) }))
  return { options: ast.map(entries, span), next }
}

export function analyseStepIf(a: Analyser, form: ListForm): Expr {
  const { options, next } = readBranchOptions(a, form, 3)
  const count = form.items.length - next
  if (count < 2 || count > 3) {
    return a.fail(count < 2 ? 'P002' : 'P001', 'step-if needs a condition and one or two branches', form)
  }
  const [test, then, otherwise] = form.items.slice(next)
  return ast.stepIf(
    options,
    a.expr(test!),
    a.expr(then!),
    otherwise === undefined ? undefined : a.expr(otherwise),
    form,
  )
}

export function analyseStepLoop(a: Analyser, form: ListForm): Expr {
  const { options, next } = readBranchOptions(a, form, 3)
  const count = form.items.length - next
  if (count !== 2) {
    return a.fail(count < 2 ? 'P002' : 'P001', 'step-loop needs a condition and one body form', form, {
      hint: 'Wrap several forms in (do …).',
    })
  }
  return ast.stepLoop(options, a.expr(form.items[next]!), a.expr(form.items[next + 1]!), form)
}

export function analyseStepParallel(a: Analyser, form: ListForm): Expr {
  const { options, next } = readOptions(a, form, 1, parallelOptions)
  const made: { name: string; value: Expr }[] = []
  for (const { name, value } of options) made.push({ name, value: a.expr(value) })
  return ast.stepParallel(made satisfies StepParallel['options'], a.body(form.items, next, 'value'), form)
}
