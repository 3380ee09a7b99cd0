import {
  isKeywordName,
  isSymbolName,
  Keyword,
  keyword,
  RtfsList,
  RtfsSymbol,
  type Span,
  type Value,
} from '@rtfs/core'
import type * as A from './ast.js'
import { valueToForm } from './form-data.js'
import { atomForm, type Form, formWithItems, symbolForm } from './forms.js'
import { isCodeProperty } from './objects.js'
import { isReserved, objectKinds, shadowableForms } from './special-names.js'
import { optionalName, typeToForm } from './type-to-form.js'
import { assertNever } from './walk.js'

/*
 * The AST back to forms, so that reading the printed text gives the same AST (but for spans and the source text
 * that `is` keeps). Rewritten forms come out as what they were rewritten to.
 */

const nowhere: Span = { start: 0, end: 0 }
const sym = (name: string): Form => symbolForm(name, nowhere)
const kw = (name: string): Form => atomForm(keyword(name), nowhere)
const atom = (value: Value): Form => atomForm(value, nowhere)
const data = (value: Value): Form => valueToForm(value, nowhere, { maxDepth: Infinity })
const vector = (items: readonly Form[]): Form => formWithItems('vector', items, nowhere)
const map = (items: readonly Form[]): Form => formWithItems('map', items, nowhere)
const list = (...items: readonly Form[]): Form => formWithItems('list', items, nowhere)
const prefix = (kind: 'quote' | 'quasiquote' | 'unquote' | 'unquote-splicing', form: Form): Form =>
  formWithItems(kind, [form], nowhere)
const form = (head: string, ...items: readonly Form[]): Form => list(sym(head), ...items)
const maybe = (made: Form | undefined): Form[] => (made === undefined ? [] : [made])

/** The form that reads as this expression. `top` tells that it stands at the top level. */
export function exprToForm(node: A.Expr, top = false): Form {
  switch (node.kind) {
    case 'literal':
      return atom(node.value)
    case 'symbol':
      return sym(node.name)
    case 'vector':
      return vector(forms(node.elements))
    case 'map':
      return map(node.entries.flatMap(({ key, value }) => [exprToForm(key), exprToForm(value)]))
    case 'quote':
      return node.value instanceof RtfsList && node.value.size === 0
        ? list()
        : prefix('quote', data(node.value))
    case 'quasiquote':
      return prefix('quasiquote', templateToForm(node.template))
    case 'call':
      return list(calleeToForm(node, top), ...forms(node.args))
    case 'if':
      return form('if', exprToForm(node.test), exprToForm(node.then), ...maybe(optional(node.else)))
    case 'do':
      return form('do', ...node.body.map(part => exprToForm(part, top)))
    case 'and':
    case 'or':
      return form(node.kind, ...forms(node.operands))
    case 'let':
    case 'loop':
      return form(node.kind, bindings(node.bindings), ...forms(node.body))
    case 'recur':
      return form('recur', ...forms(node.args))
    case 'fn':
      return form('fn', ...(node.name === undefined ? [] : [sym(node.name)]), ...fnParts(node))
    case 'def':
      return form(
        'def',
        withMetadata(node.meta, sym(node.name)),
        ...annotation(node.type),
        exprToForm(node.init),
      )
    case 'defn':
    case 'defmacro':
      return form(node.kind, sym(node.name), ...docForm(node), ...fnParts(node.fn))
    case 'match':
      return matchToForm(node)
    case 'try':
      return form(
        'try',
        ...forms(node.body),
        ...node.catches.map(catchToForm),
        ...(node.finally === undefined ? [] : [form('finally', ...forms(node.finally))]),
      )
    case 'throw':
      return form('throw', exprToForm(node.value))
    case 'parallel':
      return form(
        'parallel',
        ...node.bindings.map(({ name, type, init }) =>
          vector([sym(name), ...(type === undefined ? [] : [typeToForm(type.type)]), exprToForm(init)]),
        ),
      )
    case 'with-resource':
      return form(
        'with-resource',
        vector([sym(node.name), typeToForm(node.type.type), exprToForm(node.init)]),
        ...forms(node.body),
      )
    case 'log-step':
      return form('log-step', kw(node.level), ...forms(node.values))
    case 'step':
      return form(
        'step',
        atom(node.name),
        ...option('expose-context', node.exposeContext),
        ...option('context-keys', node.contextKeys),
        ...option('params', node.params),
        ...body(node.body),
      )
    case 'step-if':
      return form(
        'step-if',
        ...maybe(optional(node.options)),
        exprToForm(node.test),
        exprToForm(node.then),
        ...maybe(optional(node.else)),
      )
    case 'step-loop':
      return form('step-loop', ...maybe(optional(node.options)), exprToForm(node.test), exprToForm(node.body))
    case 'step-parallel':
      return form(
        'step-parallel',
        ...node.options.flatMap(({ name, value }) => option(name, value)),
        ...body(node.branches),
      )
    case 'for':
      return form('for', vector(node.clauses.flatMap(forClause)), ...forms(node.body))
    case 'dotimes':
      return form('dotimes', vector([sym(node.name), exprToForm(node.count)]), ...forms(node.body))
    case 'host-call':
      return hostCallToForm(node)
    case 'discover-agents':
      return form('discover-agents', exprToForm(node.criteria), ...maybe(optional(node.options)))
    case 'context-get':
      return form('get', isKeywordName(node.name) ? kw(node.name) : prefix('quote', sym(node.name)))
    case 'task-context':
      return sym(`@${node.name}`)
    case 'resource-ref':
      return form('resource:ref', atom(node.id))
    case 'the':
      return form('the', typeToForm(node.type.type), exprToForm(node.value))
    case 'conforms':
      return form('conforms?', typeToForm(node.type.type), exprToForm(node.value))
    case 'with-metadata':
      return withMetadata(node.meta, exprToForm(node.expr, top))
    case 'deftype':
      return form('deftype', sym(node.name), typeToForm(node.type.type))
    case 'defstruct':
      return defstructToForm(node)
    case 'deftest':
      return form('deftest', isSymbolName(node.name) ? sym(node.name) : atom(node.name), ...forms(node.body))
    case 'is':
      return form('is', exprToForm(node.form), ...maybe(optional(node.message)))
    case 'import':
      return importToForm(node)
    case 'module':
      return moduleToForm(node)
    case 'object':
      return objectToForm(node)
    default:
      return assertNever(node)
  }
}

function forms(nodes: readonly A.Expr[]): Form[] {
  return nodes.map(node => exprToForm(node))
}

function optional(node: A.Expr | undefined): Form | undefined {
  return node === undefined ? undefined : exprToForm(node)
}

function option(name: string, value: A.Expr | undefined): Form[] {
  return value === undefined ? [] : [kw(name), exprToForm(value)]
}

/** A body after something that keywords could continue: a keyword that starts it is quoted. */
function body(nodes: readonly A.Expr[]): Form[] {
  const made = forms(nodes)
  const first = nodes[0]
  if (first !== undefined && first.kind === 'literal' && first.value instanceof Keyword) {
    made[0] = prefix('quote', made[0]!)
  }
  return made
}

/** `.name` where the plain name at the head of a list would not be a call. */
function calleeToForm(node: A.Call, top: boolean): Form {
  const { callee } = node
  if (callee.kind !== 'symbol') return exprToForm(callee)
  const { name } = callee
  return sym(needsDot(name, node.args, top) ? `.${name}` : name)
}

function needsDot(name: string, args: readonly A.Expr[], top: boolean): boolean {
  if (name.length > 1 && name.startsWith('.')) return true
  if (objectKinds.has(name)) return top || name === 'module'
  const first = args[0]
  if (name === 'step')
    return first !== undefined && first.kind === 'literal' && typeof first.value === 'string'
  if (name === 'get') {
    if (first === undefined || args.length !== 1) return false
    return first.kind === 'literal'
      ? first.value instanceof Keyword
      : first.kind === 'quote' && first.value instanceof RtfsSymbol
  }
  return isReserved(name) || shadowableForms.has(name) || name === 'catch' || name === 'finally'
}

// Functions

function fnParts(fn: A.Fn): Form[] {
  const params = fn.params.flatMap(paramToForms)
  if (fn.rest !== undefined) params.push(sym('&'), ...paramToForms(fn.rest))
  const target = withMetadata(fn.meta, hinted(fn.hint, vector(params)))
  const delegated = fn.hint !== undefined && fn.hint.kind !== 'local'
  if (fn.returnType !== undefined) return [target, ...annotation(fn.returnType), ...forms(fn.body)]
  // Without a return type a keyword that starts a longer body would be read as one.
  return [target, ...(fn.body.length > 1 || delegated ? body(fn.body) : forms(fn.body))]
}

function paramToForms(param: A.Param): Form[] {
  return [patternToForm(param.pattern), ...annotation(param.type)]
}

function annotation(type: A.TypeExpr | undefined): Form[] {
  if (type === undefined) return []
  const made = typeToForm(type.type)
  return made.kind === 'atom' ? [made] : [{ kind: 'colon', ...nowhere }, made]
}

/** The docstring, unless the metadata or the body says the same. */
function docForm({ fn }: { readonly fn: A.Fn }): Form[] {
  if (fn.doc === undefined || fn.meta.get('doc') === fn.doc) return []
  const first = fn.body[0]
  const inBody = fn.body.length > 1 && first!.kind === 'literal' && first!.value === fn.doc
  return inBody ? [] : [atom(fn.doc)]
}

function hinted(hint: A.DelegationHint | undefined, target: Form): Form {
  if (hint === undefined) return target
  const id = hint.kind === 'local-model' || hint.kind === 'remote' ? [atom(hint.id)] : []
  return formWithItems('metadata', [kw('delegation'), kw(hint.kind), ...id, target], nowhere)
}

function withMetadata(meta: A.Metadata, target: Form): Form {
  if (meta.size === 0) return target
  const items = [...meta].flatMap(([key, value]) => [isKeywordName(key) ? kw(key) : atom(key), data(value)])
  return formWithItems('metadata', [map(items), target], nowhere)
}

// Bindings and patterns

function bindings(list: readonly A.Binding[]): Form {
  return vector(
    list.flatMap(({ pattern, type, init }) => [
      patternToForm(pattern),
      ...annotation(type),
      exprToForm(init),
    ]),
  )
}

function patternToForm(pattern: A.Pattern): Form {
  switch (pattern.kind) {
    case 'bind':
      return sym(pattern.name)
    case 'wildcard':
      return sym('_')
    case 'vector-pattern':
      return vector([
        ...pattern.elements.map(patternToForm),
        ...(pattern.rest === undefined ? [] : [sym('&'), patternToForm(pattern.rest)]),
        ...(pattern.as === undefined ? [] : [kw('as'), sym(pattern.as)]),
      ])
    case 'map-pattern': {
      const defaults = pattern.entries.flatMap(entry =>
        entry.default !== undefined && entry.pattern.kind === 'bind'
          ? [sym(entry.pattern.name), exprToForm(entry.default)]
          : [],
      )
      return map([
        ...pattern.entries.flatMap(entry => entryToForms(entry)),
        ...(pattern.rest === undefined ? [] : [sym('&'), sym(pattern.rest)]),
        ...(defaults.length === 0 ? [] : [kw('or'), map(defaults)]),
        ...(pattern.as === undefined ? [] : [kw('as'), sym(pattern.as)]),
      ])
    }
    default:
      return assertNever(pattern)
  }
}

const patternMarks = new Set(['keys', 'strs', 'or', 'as'])

/** A name goes before its key, and so does any pattern of a key that would otherwise be read as a mark. */
function entryToForms({ key, pattern }: A.MapPattern['entries'][number]): Form[] {
  const target = patternToForm(pattern)
  const isName = pattern.kind === 'bind' || pattern.kind === 'wildcard'
  const isMark = key instanceof Keyword && patternMarks.has(key.name)
  return isName || isMark ? [target, data(key)] : [data(key), target]
}

function forClause(clause: A.ForClause): Form[] {
  switch (clause.kind) {
    case 'for-binding':
      return [patternToForm(clause.pattern), exprToForm(clause.collection)]
    case 'for-let':
      return [kw('let'), bindings(clause.bindings)]
    default:
      return [kw(clause.kind.slice('for-'.length)), exprToForm(clause.test)]
  }
}

// match, case, catch

function matchToForm(node: A.Match): Form {
  const isCase =
    node.clauses.length === 0 || node.clauses.some(({ pattern }) => pattern.kind === 'match-alternatives')
  if (!isCase) {
    return form(
      'match',
      exprToForm(node.subject),
      ...node.clauses.flatMap(({ pattern, guard, body: result }) => [
        matchPatternToForm(pattern),
        ...(guard === undefined ? [] : [sym('when'), exprToForm(guard)]),
        exprToForm(result),
      ]),
    )
  }
  return form(
    'case',
    exprToForm(node.subject),
    ...node.clauses.flatMap(({ pattern, body: result }) => [
      ...(pattern.kind === 'match-alternatives'
        ? [list(...pattern.alternatives.map(constant))]
        : pattern.kind === 'match-literal'
          ? [constant(pattern.value)]
          : []),
      exprToForm(result),
    ]),
  )
}

function constant(value: Value): Form {
  return value instanceof RtfsList || value instanceof RtfsSymbol ? prefix('quote', data(value)) : data(value)
}

function matchPatternToForm(pattern: A.MatchPattern): Form {
  switch (pattern.kind) {
    case 'match-literal': {
      const made = data(pattern.value)
      return made.kind === 'atom' ? made : prefix('quote', made)
    }
    case 'match-any':
      return sym('_')
    case 'match-bind':
      return sym(pattern.name)
    case 'match-vector':
      return vector([
        ...pattern.elements.map(matchPatternToForm),
        ...(pattern.rest === undefined ? [] : [sym('&'), matchPatternToForm(pattern.rest)]),
      ])
    case 'match-map':
      return map([
        ...pattern.entries.flatMap(({ key, pattern: part }) => [data(key), matchPatternToForm(part)]),
        ...(pattern.rest === undefined ? [] : [sym('&'), matchPatternToForm(pattern.rest)]),
      ])
    case 'match-as':
      return list(kw('as'), sym(pattern.name), matchPatternToForm(pattern.pattern))
    case 'match-is':
      return list(kw('is'), typeToForm(pattern.type))
    case 'match-alternatives':
      return list(...pattern.alternatives.map(constant))
    default:
      return assertNever(pattern)
  }
}

function catchToForm(clause: A.CatchClause): Form {
  const made = forms(clause.body)
  const [first, second] = clause.names
  const pattern = clause.pattern
  let head: Form
  switch (pattern.kind) {
    case 'catch-any':
      head = second === undefined ? sym('_') : sym(first!)
      break
    case 'catch-type':
      head = kw(pattern.type)
      break
    case 'catch-kind':
      head = sym(pattern.errorKind)
      break
    case 'catch-conforms':
      head = pattern.type.kind === 'ref' ? sym(pattern.type.name) : typeToForm(pattern.type)
      break
  }
  const name = second ?? first
  // A symbol after the pattern is a name if anything follows it, so a body that starts with one needs `_` before it.
  const names =
    name !== undefined ? [sym(name)] : made.length > 1 && made[0]!.kind === 'symbol' ? [sym('_')] : []
  return form('catch', head, ...names, ...made)
}

// The rest

function templateToForm(template: A.Template): Form {
  switch (template.kind) {
    case 'data':
      return data(template.value)
    case 'gensym':
      return sym(`${template.base}#`)
    case 'unquote':
      return prefix('unquote', exprToForm(template.expr))
    case 'splice':
      return prefix('unquote-splicing', exprToForm(template.expr))
    case 'template-list':
      return list(...template.items.map(templateToForm))
    case 'template-vector':
      return vector(template.items.map(templateToForm))
    case 'template-map':
      return map(template.entries.flatMap(({ key, value }) => [templateToForm(key), templateToForm(value)]))
    default:
      return assertNever(template)
  }
}

function hostCallToForm(node: A.HostCall): Form {
  const { capability } = node
  const isLlm =
    capability.kind === 'literal' &&
    capability.value instanceof Keyword &&
    capability.value.name === 'ccos.ai.llm-execute' &&
    node.args.length >= 2
  return isLlm
    ? form('llm-execute', ...forms(node.args))
    : form('call', exprToForm(capability), ...forms(node.args))
}

function defstructToForm(node: A.Defstruct): Form {
  const entries = node.type.kind === 'record' ? node.type.entries : []
  return form(
    'defstruct',
    sym(node.name),
    ...entries.flatMap(({ key, type, optional: absent }) => {
      const name = absent ? optionalName(type) : undefined
      return [data(key), name === undefined ? typeToForm(type) : kw(name)]
    }),
  )
}

function importToForm(node: A.Import): Form {
  return form(
    'import',
    sym(node.module),
    ...(node.alias === undefined ? [] : [kw('as'), sym(node.alias)]),
    ...(node.only === undefined ? [] : [kw('only'), vector(node.only.map(sym))]),
    ...(node.referAll ? [kw('refer'), kw('all')] : []),
  )
}

function moduleToForm(node: A.Module): Form {
  const made = node.forms.map(part => exprToForm(part, true))
  // Directly after the header a string would be read as docstring, a keyword as exports or property.
  if (node.exports === undefined && made[0] !== undefined) made[0] = quoteKeyword(made[0])
  return form(
    'module',
    sym(node.name),
    ...(node.doc === undefined ? [] : [atom(node.doc)]),
    ...(node.exports === undefined ? [] : [list(kw('exports'), vector(node.exports.map(sym)))]),
    ...made,
  )
}

/** Quotes a string or keyword, also at the head of a list; a quote changes neither. */
function quoteKeyword(made: Form): Form {
  if (made.kind === 'atom') return prefix('quote', made)
  const head = made.kind === 'list' ? made.items[0] : undefined
  if (made.kind !== 'list' || head?.kind !== 'atom') return made
  return list(prefix('quote', head), ...made.items.slice(1))
}

function objectToForm(node: A.ObjectExpr): Form {
  return form(
    node.objectKind,
    ...(node.name === undefined ? [] : [data(node.name)]),
    ...node.properties.flatMap(({ key, value }) => [kw(key), propertyToForm(node.objectKind, key, value)]),
  )
}

/** Properties that are kept as code are written without a quote. */
function propertyToForm(kind: string, key: string, value: A.Expr): Form {
  if (value.kind !== 'quote') return exprToForm(value)
  const bareLanguage = kind === 'plan' && key === 'language' && value.value instanceof RtfsSymbol
  return bareLanguage || isCodeProperty(kind, key) ? data(value.value) : exprToForm(value)
}
