import { type Expr, forEachDefault, type Pattern } from '@rtfs/parser'
import type { Done } from './continuation.js'

const none: ReadonlySet<string> = new Set()
const known = new WeakMap<object, ReadonlySet<string>>()

/**
 * Names that `def`, `defn` and `defstruct` forms define in the frame whose body this is: they are declared before the
 * body runs (LANGUAGE §4.2). Forms with a frame of their own keep their definitions. `owner` is what remembers them.
 */
export function definedNames(body: readonly Expr[], owner: object = body): ReadonlySet<string> {
  let names = known.get(owner)
  if (names === undefined) {
    const found = new Set<string>()
    const pending = [...body].reverse()
    for (let form = pending.pop(); form !== undefined; form = pending.pop()) visit(form, found, pending)
    known.set(owner, (names = found.size === 0 ? none : found))
  }
  return names
}

/** Notes what the form defines and adds its parts that run in the same frame, the first one last. */
function visit(form: Expr, found: Set<string>, pending: Expr[]): Done {
  if (form.kind === 'def' || form.kind === 'defn' || form.kind === 'defstruct') found.add(form.name)
  const parts = partsInFrame(form)
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i]
    if (part !== undefined) pending.push(part)
  }
}

/** The parts of a form that run in the frame it stands in. */
function partsInFrame(form: Expr): readonly (Expr | undefined)[] {
  switch (form.kind) {
    case 'def':
      return [form.init]
    case 'vector':
      return form.elements
    case 'map':
      return form.entries.flatMap(entry => [entry.key, entry.value])
    case 'call':
      return [form.callee, ...form.args]
    case 'if':
      return [form.test, form.then, form.else]
    case 'do':
      return form.body
    case 'and':
    case 'or':
      return form.operands
    case 'let':
    case 'loop':
      return form.bindings.flatMap(partsOfBinding)
    case 'recur':
      return form.args
    case 'match':
      return [form.subject]
    case 'try':
      return [...form.body, ...(form.finally ?? [])]
    case 'throw':
    case 'the':
    case 'conforms':
      return [form.value]
    case 'parallel':
      return form.bindings.map(binding => binding.init)
    case 'with-resource':
      return [form.init]
    case 'log-step':
      return form.values
    case 'step':
      return [form.exposeContext, form.contextKeys, form.params, ...form.body]
    case 'step-if':
      return [form.options, form.test, form.then, form.else]
    case 'step-loop':
      return [form.options, form.test, form.body]
    case 'step-parallel':
      return [...form.options.map(option => option.value), ...form.branches]
    case 'for':
      return form.clauses.flatMap(clause => {
        if (clause.kind === 'for-binding') return [clause.collection, ...defaultsOf(clause.pattern)]
        return clause.kind === 'for-let' ? clause.bindings.flatMap(partsOfBinding) : [clause.test]
      })
    case 'dotimes':
      return [form.count]
    case 'host-call':
      return [form.capability, ...form.args]
    case 'discover-agents':
      return [form.criteria, form.options]
    case 'with-metadata':
      return [form.expr]
    case 'is':
      return [form.form, form.message]
    case 'object':
      return form.properties.map(property => property.value)
    default:
      return []
  }
}

/** An initialiser runs in the frame around, and so do the defaults of its pattern. */
function partsOfBinding({
  init,
  pattern,
}: {
  readonly init: Expr
  readonly pattern: Pattern
}): readonly Expr[] {
  return [init, ...defaultsOf(pattern)]
}

function defaultsOf(pattern: Pattern): readonly Expr[] {
  const defaults: Expr[] = []
  forEachDefault(pattern, each => defaults.push(each))
  return defaults
}
