import type { Span, Value } from '@rtfs/core'
import type * as A from './ast.js'

/*
 * One factory per kind: every field set, always in the same order, so that nodes of one kind share one shape.
 */
export const ast = {
  literal: (value: Value, s: Span): A.Literal => ({ kind: 'literal', start: s.start, end: s.end, value }),

  symbol: (
    name: string,
    s: Span,
    namespace: string | undefined = undefined,
    version: string | undefined = undefined,
  ): A.SymbolRef => ({ kind: 'symbol', start: s.start, end: s.end, name, namespace, version }),

  vector: (elements: readonly A.Expr[], s: Span): A.VectorExpr => ({
    kind: 'vector',
    start: s.start,
    end: s.end,
    elements,
  }),

  map: (entries: A.MapExpr['entries'], s: Span): A.MapExpr => ({
    kind: 'map',
    start: s.start,
    end: s.end,
    entries,
  }),

  quote: (value: Value, s: Span): A.Quote => ({ kind: 'quote', start: s.start, end: s.end, value }),

  quasiquote: (template: A.Template, s: Span): A.Quasiquote => ({
    kind: 'quasiquote',
    start: s.start,
    end: s.end,
    template,
  }),

  call: (callee: A.Expr, args: readonly A.Expr[], s: Span): A.Call => ({
    kind: 'call',
    start: s.start,
    end: s.end,
    callee,
    args,
  }),

  if: (test: A.Expr, then: A.Expr, otherwise: A.Expr | undefined, s: Span): A.If => ({
    kind: 'if',
    start: s.start,
    end: s.end,
    test,
    then,
    else: otherwise,
  }),

  do: (body: readonly A.Expr[], s: Span): A.Do => ({ kind: 'do', start: s.start, end: s.end, body }),

  and: (operands: readonly A.Expr[], s: Span): A.And => ({
    kind: 'and',
    start: s.start,
    end: s.end,
    operands,
  }),

  or: (operands: readonly A.Expr[], s: Span): A.Or => ({ kind: 'or', start: s.start, end: s.end, operands }),

  typeExpr: (type: A.TypeExpr['type'], s: Span): A.TypeExpr => ({ start: s.start, end: s.end, type }),

  let: (bindings: readonly A.Binding[], body: readonly A.Expr[], s: Span): A.Let => ({
    kind: 'let',
    start: s.start,
    end: s.end,
    bindings,
    body,
  }),

  binding: (pattern: A.Pattern, type: A.TypeExpr | undefined, init: A.Expr, s: Span): A.Binding => ({
    start: s.start,
    end: s.end,
    pattern,
    type,
    init,
  }),

  loop: (bindings: readonly A.Binding[], body: readonly A.Expr[], s: Span): A.Loop => ({
    kind: 'loop',
    start: s.start,
    end: s.end,
    bindings,
    body,
  }),

  recur: (args: readonly A.Expr[], target: A.Recur['target'], s: Span): A.Recur => ({
    kind: 'recur',
    start: s.start,
    end: s.end,
    args,
    target,
  }),

  param: (pattern: A.Pattern, type: A.TypeExpr | undefined, s: Span): A.Param => ({
    start: s.start,
    end: s.end,
    pattern,
    type,
  }),

  fn: (
    parts: Pick<A.Fn, 'name' | 'params' | 'rest' | 'returnType' | 'body'> & {
      readonly hint?: A.Fn['hint']
      readonly doc?: A.Fn['doc']
      readonly meta?: A.Fn['meta'] | undefined
    },
    s: Span,
  ): A.Fn => ({
    kind: 'fn',
    start: s.start,
    end: s.end,
    name: parts.name,
    params: parts.params,
    rest: parts.rest,
    returnType: parts.returnType,
    body: parts.body,
    hint: parts.hint,
    doc: parts.doc,
    meta: parts.meta ?? noMetadata,
  }),

  def: (
    name: string,
    nameSpan: Span,
    type: A.TypeExpr | undefined,
    init: A.Expr,
    meta: A.Metadata,
    s: Span,
  ): A.Def => ({
    kind: 'def',
    start: s.start,
    end: s.end,
    name,
    nameSpan: { start: nameSpan.start, end: nameSpan.end },
    type,
    init,
    meta,
  }),

  defn: (name: string, nameSpan: Span, fn: A.Fn, s: Span): A.Defn => ({
    kind: 'defn',
    start: s.start,
    end: s.end,
    name,
    nameSpan: { start: nameSpan.start, end: nameSpan.end },
    fn,
  }),

  match: (subject: A.Expr, clauses: readonly A.MatchClause[], s: Span): A.Match => ({
    kind: 'match',
    start: s.start,
    end: s.end,
    subject,
    clauses,
  }),

  matchClause: (
    pattern: A.MatchPattern,
    guard: A.Expr | undefined,
    body: A.Expr,
    s: Span,
  ): A.MatchClause => ({
    start: s.start,
    end: s.end,
    pattern,
    guard,
    body,
  }),

  try: (
    body: readonly A.Expr[],
    catches: readonly A.CatchClause[],
    cleanup: readonly A.Expr[] | undefined,
    s: Span,
  ): A.Try => ({ kind: 'try', start: s.start, end: s.end, body, catches, finally: cleanup }),

  catchClause: (
    pattern: A.CatchPattern,
    names: readonly string[],
    body: readonly A.Expr[],
    s: Span,
  ): A.CatchClause => ({ start: s.start, end: s.end, pattern, names, body }),

  throw: (value: A.Expr, s: Span): A.Throw => ({ kind: 'throw', start: s.start, end: s.end, value }),

  parallel: (bindings: A.Parallel['bindings'], s: Span): A.Parallel => ({
    kind: 'parallel',
    start: s.start,
    end: s.end,
    bindings,
  }),

  withResource: (
    name: string,
    type: A.TypeExpr,
    init: A.Expr,
    body: readonly A.Expr[],
    s: Span,
  ): A.WithResource => ({ kind: 'with-resource', start: s.start, end: s.end, name, type, init, body }),

  logStep: (level: string, values: readonly A.Expr[], s: Span): A.LogStep => ({
    kind: 'log-step',
    start: s.start,
    end: s.end,
    level,
    values,
  }),

  step: (
    parts: Pick<A.Step, 'name' | 'exposeContext' | 'contextKeys' | 'params' | 'body'>,
    s: Span,
  ): A.Step => ({
    kind: 'step',
    start: s.start,
    end: s.end,
    name: parts.name,
    exposeContext: parts.exposeContext,
    contextKeys: parts.contextKeys,
    params: parts.params,
    body: parts.body,
  }),

  stepIf: (
    options: A.Expr | undefined,
    test: A.Expr,
    then: A.Expr,
    otherwise: A.Expr | undefined,
    s: Span,
  ): A.StepIf => ({ kind: 'step-if', start: s.start, end: s.end, options, test, then, else: otherwise }),

  stepLoop: (options: A.Expr | undefined, test: A.Expr, body: A.Expr, s: Span): A.StepLoop => ({
    kind: 'step-loop',
    start: s.start,
    end: s.end,
    options,
    test,
    body,
  }),

  stepParallel: (
    options: A.StepParallel['options'],
    branches: readonly A.Expr[],
    s: Span,
  ): A.StepParallel => ({
    kind: 'step-parallel',
    start: s.start,
    end: s.end,
    options,
    branches,
  }),

  for: (clauses: readonly A.ForClause[], body: readonly A.Expr[], s: Span): A.For => ({
    kind: 'for',
    start: s.start,
    end: s.end,
    clauses,
    body,
  }),

  dotimes: (name: string, count: A.Expr, body: readonly A.Expr[], s: Span): A.Dotimes => ({
    kind: 'dotimes',
    start: s.start,
    end: s.end,
    name,
    count,
    body,
  }),

  hostCall: (capability: A.Expr, args: readonly A.Expr[], s: Span): A.HostCall => ({
    kind: 'host-call',
    start: s.start,
    end: s.end,
    capability,
    args,
  }),

  discoverAgents: (criteria: A.Expr, options: A.Expr | undefined, s: Span): A.DiscoverAgents => ({
    kind: 'discover-agents',
    start: s.start,
    end: s.end,
    criteria,
    options,
  }),

  contextGet: (name: string, s: Span): A.ContextGet => ({
    kind: 'context-get',
    start: s.start,
    end: s.end,
    name,
  }),

  taskContext: (name: string, s: Span): A.TaskContextAccess => ({
    kind: 'task-context',
    start: s.start,
    end: s.end,
    name,
  }),

  resourceRef: (id: string, s: Span): A.ResourceRef => ({
    kind: 'resource-ref',
    start: s.start,
    end: s.end,
    id,
  }),

  the: (type: A.TypeExpr, value: A.Expr, s: Span): A.The => ({
    kind: 'the',
    start: s.start,
    end: s.end,
    type,
    value,
  }),

  conforms: (type: A.TypeExpr, value: A.Expr, s: Span): A.Conforms => ({
    kind: 'conforms',
    start: s.start,
    end: s.end,
    type,
    value,
  }),

  withMetadata: (meta: A.Metadata, expr: A.Expr, s: Span): A.WithMetadata => ({
    kind: 'with-metadata',
    start: s.start,
    end: s.end,
    meta,
    expr,
  }),

  deftype: (name: string, type: A.TypeExpr, s: Span): A.Deftype => ({
    kind: 'deftype',
    start: s.start,
    end: s.end,
    name,
    type,
  }),

  defstruct: (name: string, type: A.Defstruct['type'], s: Span): A.Defstruct => ({
    kind: 'defstruct',
    start: s.start,
    end: s.end,
    name,
    type,
  }),

  defmacro: (name: string, fn: A.Fn, s: Span): A.Defmacro => ({
    kind: 'defmacro',
    start: s.start,
    end: s.end,
    name,
    fn,
  }),

  deftest: (name: string, body: readonly A.Expr[], s: Span): A.Deftest => ({
    kind: 'deftest',
    start: s.start,
    end: s.end,
    name,
    body,
  }),

  is: (form: A.Expr, message: A.Expr | undefined, text: string, s: Span): A.Is => ({
    kind: 'is',
    start: s.start,
    end: s.end,
    form,
    message,
    text,
  }),

  import: (
    module: string,
    alias: string | undefined,
    only: readonly string[] | undefined,
    referAll: boolean,
    s: Span,
  ): A.Import => ({ kind: 'import', start: s.start, end: s.end, module, alias, only, referAll }),

  module: (
    parts: Pick<A.Module, 'name' | 'doc' | 'exports' | 'exportsSpan' | 'forms'>,
    s: Span,
  ): A.Module => ({
    kind: 'module',
    start: s.start,
    end: s.end,
    name: parts.name,
    doc: parts.doc,
    exports: parts.exports,
    exportsSpan: parts.exportsSpan,
    forms: parts.forms,
  }),

  object: (
    objectKind: string,
    name: Value | undefined,
    properties: A.ObjectExpr['properties'],
    s: Span,
  ): A.ObjectExpr => ({ kind: 'object', start: s.start, end: s.end, objectKind, name, properties }),

  program: (forms: readonly A.Expr[], s: Span): A.Program => ({
    kind: 'program',
    start: s.start,
    end: s.end,
    forms,
  }),

  // Patterns

  bind: (name: string, s: Span): A.Pattern => ({ kind: 'bind', name, start: s.start, end: s.end }),

  wildcard: (s: Span): A.Pattern => ({ kind: 'wildcard', start: s.start, end: s.end }),

  vectorPattern: (
    elements: readonly A.Pattern[],
    rest: A.Pattern | undefined,
    as: string | undefined,
    s: Span,
  ): A.VectorPattern => ({ kind: 'vector-pattern', start: s.start, end: s.end, elements, rest, as }),

  mapPattern: (
    entries: A.MapPattern['entries'],
    rest: string | undefined,
    as: string | undefined,
    s: Span,
  ): A.MapPattern => ({ kind: 'map-pattern', start: s.start, end: s.end, entries, rest, as }),

  forBinding: (pattern: A.Pattern, collection: A.Expr, s: Span): A.ForClause => ({
    kind: 'for-binding',
    pattern,
    collection,
    start: s.start,
    end: s.end,
  }),
  forTest: (kind: 'for-when' | 'for-while', test: A.Expr): A.ForClause => ({ kind, test }),
  forLet: (bindings: readonly A.Binding[]): A.ForClause => ({ kind: 'for-let', bindings }),

  matchLiteral: (value: Value): A.MatchPattern => ({ kind: 'match-literal', value }),
  matchAny: (): A.MatchPattern => ({ kind: 'match-any' }),
  matchBind: (name: string): A.MatchPattern => ({ kind: 'match-bind', name }),
  matchVector: (elements: readonly A.MatchPattern[], rest: A.MatchPattern | undefined): A.MatchPattern => ({
    kind: 'match-vector',
    elements,
    rest,
  }),
  matchMap: (
    entries: Extract<A.MatchPattern, { kind: 'match-map' }>['entries'],
    rest: A.MatchPattern | undefined,
  ): A.MatchPattern => ({ kind: 'match-map', entries, rest }),
  matchAs: (name: string, pattern: A.MatchPattern): A.MatchPattern => ({ kind: 'match-as', name, pattern }),
  matchIs: (type: A.TypeExpr['type']): A.MatchPattern => ({ kind: 'match-is', type }),
  matchAlternatives: (alternatives: readonly Value[]): A.MatchPattern => ({
    kind: 'match-alternatives',
    alternatives,
  }),
} as const

/** The metadata of a form that has none. */
export const noMetadata: A.Metadata = new Map()
