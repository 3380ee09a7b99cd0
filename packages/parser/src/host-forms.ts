import { keyword } from '@rtfs/core'
import type { Analyser } from './analyser.js'
import { colonAnnotation, splitName, typeExpr } from './annotations.js'
import type { Expr, Parallel, TypeExpr } from './ast.js'
import { ast } from './ast-factories.js'
import { withoutMetadata } from './declarations.js'
import { keywordOf, type ListForm, stringOf, symbolName, type VectorForm } from './forms.js'
import { bindingVector, missingBody } from './let.js'
import { bindName, checkBindable } from './patterns.js'

/*
 * Forms that reach the host: `call`, `llm-execute`, `discover-agents`, one-argument `get`, `resource:ref`,
 * `parallel`, `with-resource`, `log-step` (LANGUAGE §5.9–5.11, §5.14).
 */

export function analyseCall(a: Analyser, form: ListForm): Expr {
  const wrong = a.checkCount(form, 1, Infinity, 'the id of a capability', 'Write (call :ccos.io.log "text").')
  return wrong ?? ast.hostCall(a.expr(form.items[1]!), a.exprs(form.items, 2), form)
}

export function analyseLlmExecute(a: Analyser, form: ListForm): Expr {
  const wrong = a.checkCount(
    form,
    2,
    Infinity,
    'a model and a prompt',
    'Write (llm-execute "model" "prompt").',
  )
  if (wrong !== undefined) return wrong
  const capability = ast.literal(keyword('ccos.ai.llm-execute'), form.items[0]!)
  return ast.hostCall(capability, a.exprs(form.items, 1), form)
}

export function analyseDiscoverAgents(a: Analyser, form: ListForm): Expr {
  const wrong = a.checkCount(form, 1, 2, 'criteria and at most options')
  if (wrong !== undefined) return wrong
  const [, criteria, options] = form.items
  return ast.discoverAgents(a.expr(criteria!), options === undefined ? undefined : a.expr(options), form)
}

/** `(get :key)` and `(get 'name)`; with more arguments `get` is the library function. */
export function analyseGet(_a: Analyser, form: ListForm): Expr | undefined {
  if (form.items.length !== 2) return undefined
  const target = form.items[1]!
  const quoted =
    target.kind === 'quote'
      ? symbolName(target.items[0])
      : target.kind === 'list' && target.items.length === 2 && symbolName(target.items[0]) === 'quote'
        ? symbolName(target.items[1])
        : undefined
  const name = keywordOf(target)?.name ?? quoted
  return name === undefined ? undefined : ast.contextGet(name, form)
}

export function analyseResourceRef(a: Analyser, form: ListForm): Expr {
  const wrong = a.checkCount(form, 1, 1, 'the id of a resource')
  if (wrong !== undefined) return wrong
  const id = stringOf(form.items[1])
  if (id !== undefined) return ast.resourceRef(id, form)
  return a.fail('P001', 'the id of resource:ref is a string', form.items[1]!, {
    hint: 'Write (resource:ref "id").',
  })
}

export function analyseLogStep(a: Analyser, form: ListForm): Expr {
  const level = keywordOf(form.items[1])?.name
  return ast.logStep(level ?? 'info', a.exprs(form.items, level === undefined ? 1 : 2), form)
}

/** `name init`, `name type init`, `name:type init`, `name : type init`; a bare symbol may be the type. */
interface NamedInit {
  readonly name: string
  readonly nameSpan: { readonly start: number; readonly end: number }
  readonly type: TypeExpr | undefined
  readonly init: Expr
}

function readNamedInit(a: Analyser, vector: VectorForm, head: string): NamedInit | undefined {
  const items = vector.items
  const target = items[0] === undefined ? undefined : withoutMetadata(items[0])
  const shape = `${head} takes [name value] or [name type value]`
  if (target === undefined || target.kind !== 'symbol') {
    a.diagnostics.report(target === undefined ? 'P002' : 'P001', shape, target ?? vector)
    return undefined
  }
  const split = splitName(a, target)
  let { type } = split
  let at = 1
  if (items[1]?.kind === 'colon') ({ type, next: at } = colonAnnotation(a, items, 1))
  else if (items.length === 3) {
    type = typeExpr(a, items[1]!)
    at = 2
  }
  if (at !== items.length - 1) {
    a.diagnostics.report(at >= items.length ? 'P002' : 'P001', shape, vector)
    return undefined
  }
  const nameSpan = { start: target.start, end: split.nameEnd }
  return { name: split.name, nameSpan, type, init: a.expr(items[at]!) }
}

export function analyseParallel(a: Analyser, form: ListForm): Expr {
  const wrong = a.checkCount(form, 1, Infinity, 'branches', 'Write (parallel [a (f)] [b (g)]).')
  if (wrong !== undefined) return wrong
  const bindings: Parallel['bindings'][number][] = []
  const names = new Set<string>()
  for (const item of form.items.slice(1)) {
    if (item.kind !== 'vector') {
      a.diagnostics.report('P001', 'a branch of parallel is a vector of name and value', item, {
        hint: 'Write (parallel [a (f)] [b (g)]).',
      })
      continue
    }
    const branch = readNamedInit(a, item, 'parallel')
    if (branch === undefined) continue
    const { name, nameSpan, type, init } = branch
    if (names.has(name)) a.diagnostics.report('P001', `two branches of parallel are named ${name}`, nameSpan)
    // The name is only a key of the result, but it must be one that could be bound.
    else if (checkBindable(a, name, nameSpan)) bindings.push({ name, type, init })
    names.add(name)
  }
  return ast.parallel(bindings, form)
}

export function analyseWithResource(a: Analyser, form: ListForm): Expr {
  const vector = bindingVector(a, form)
  if (vector === undefined) return ast.literal(null, form)
  if (form.items.length < 3) return missingBody(a, form)
  const named = readNamedInit(a, vector, 'with-resource')
  if (named === undefined) return ast.literal(null, form)
  if (named.type === undefined) {
    return a.fail('P002', 'with-resource needs a type between name and value', vector, {
      hint: 'Write (with-resource [f FileHandle (open-file path)] …).',
    })
  }
  const mark = a.scope.mark()
  bindName(a, named.name, named.nameSpan)
  a.declare(form.items, 2)
  const body = a.body(form.items, 2, 'value')
  a.scope.release(mark)
  return ast.withResource(named.name, named.type, named.init, body, form)
}
