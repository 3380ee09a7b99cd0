import type { Type, Value } from '@rtfs/core'
import type { CatchPattern, Metadata } from '@rtfs/parser'
import type * as n from './nodes.js'

/** What every node starts with: its id, type and place. */
type At = n.NodeBase

/**
 * One factory per kind: every field set, always in the same order, so that all nodes of a kind have one shape.
 * To add a kind: the interface in `nodes.ts`, a factory here, its children in `children.ts`; the compiler then
 * points at every pass and encoding that has to know about it.
 */
export const ir = {
  literal: (at: At, value: Value): n.LiteralNode => ({ kind: 'literal', ...base(at), value }),
  ref: (at: At, scope: n.VariableRefNode['scope'], name: string, variable: number): n.VariableRefNode =>
    ({ kind: 'ref', ...base(at), scope, name, variable }),
  qualifiedRef: (at: At, module: string, name: string): n.QualifiedRefNode =>
    ({ kind: 'qualified-ref', ...base(at), module, name }),
  resourceRef: (at: At, resource: string): n.ResourceRefNode => ({ kind: 'resource-ref', ...base(at), resource }),
  def: (at: At, name: string, variable: n.Variable | undefined, init: n.Node): n.DefNode =>
    ({ kind: 'def', ...base(at), name, variable, init }),
  lambda: (at: At, parts: Omit<n.LambdaNode, 'kind' | keyof At>): n.LambdaNode => ({
    kind: 'lambda',
    ...base(at),
    name: parts.name,
    self: parts.self,
    params: parts.params,
    rest: parts.rest,
    returnType: parts.returnType,
    returnSpan: parts.returnSpan,
    body: parts.body,
    declares: parts.declares,
    captures: parts.captures,
    hint: parts.hint,
    doc: parts.doc,
    meta: parts.meta,
  }),
  param: (pattern: n.IrPattern, annotation: Type | undefined, path: string, span: n.ParamNode['span']): n.ParamNode =>
    ({ pattern, annotation, path, span }),
  apply: (at: At, callee: n.Node, args: readonly n.Node[], tail: n.ApplyNode['tail']): n.ApplyNode =>
    ({ kind: 'apply', ...base(at), callee, args, tail }),
  if: (at: At, test: n.Node, then: n.Node, otherwise: n.Node | undefined): n.IfNode =>
    ({ kind: 'if', ...base(at), test, then, else: otherwise }),
  let: (at: At, bindings: readonly n.LetBinding[], body: readonly n.Node[], declares: readonly n.Variable[]): n.LetNode =>
    ({ kind: 'let', ...base(at), bindings, body, declares }),
  do: (at: At, body: readonly n.Node[]): n.DoNode => ({ kind: 'do', ...base(at), body }),
  and: (at: At, operands: readonly n.Node[]): n.AndNode => ({ kind: 'and', ...base(at), operands }),
  or: (at: At, operands: readonly n.Node[]): n.OrNode => ({ kind: 'or', ...base(at), operands }),
  loop: (at: At, bindings: readonly n.LetBinding[], body: readonly n.Node[], declares: readonly n.Variable[]): n.LoopNode =>
    ({ kind: 'loop', ...base(at), bindings, body, declares }),
  recur: (at: At, target: number, args: readonly n.Node[]): n.RecurNode =>
    ({ kind: 'recur', ...base(at), target, args }),
  match: (at: At, subject: n.Node, clauses: readonly n.MatchClauseNode[]): n.MatchNode =>
    ({ kind: 'match', ...base(at), subject, clauses }),
  matchClause: (
    pattern: n.IrMatchPattern,
    guard: n.Node | undefined,
    body: n.Node,
    declares: readonly n.Variable[],
  ): n.MatchClauseNode => ({ pattern, guard, body, declares }),
  try: (at: At, body: readonly n.Node[], catches: readonly n.CatchNode[], last: readonly n.Node[] | undefined): n.TryNode =>
    ({ kind: 'try', ...base(at), body, catches, finally: last }),
  catch: (
    pattern: CatchPattern,
    variables: readonly n.Variable[],
    body: readonly n.Node[],
    declares: readonly n.Variable[],
  ): n.CatchNode => ({ pattern, variables, body, declares }),
  throw: (at: At, value: n.Node): n.ThrowNode => ({ kind: 'throw', ...base(at), value }),
  parallel: (at: At, bindings: readonly n.ParallelBinding[]): n.ParallelNode =>
    ({ kind: 'parallel', ...base(at), bindings }),
  withResource: (
    at: At,
    variable: n.Variable,
    resourceType: Type,
    init: n.Node,
    body: readonly n.Node[],
    declares: readonly n.Variable[],
  ): n.WithResourceNode => ({ kind: 'with-resource', ...base(at), variable, resourceType, init, body, declares }),
  logStep: (at: At, level: string, values: readonly n.Node[]): n.LogStepNode =>
    ({ kind: 'log-step', ...base(at), level, values }),
  step: (at: At, parts: Omit<n.StepNode, 'kind' | keyof At>): n.StepNode => ({
    kind: 'step',
    ...base(at),
    name: parts.name,
    exposeContext: parts.exposeContext,
    contextKeys: parts.contextKeys,
    params: parts.params,
    paramsVariable: parts.paramsVariable,
    body: parts.body,
  }),
  stepIf: (at: At, options: n.Node | undefined, test: n.Node, then: n.Node, otherwise: n.Node | undefined): n.StepIfNode =>
    ({ kind: 'step-if', ...base(at), options, test, then, else: otherwise }),
  stepLoop: (at: At, options: n.Node | undefined, test: n.Node, body: n.Node): n.StepLoopNode =>
    ({ kind: 'step-loop', ...base(at), options, test, body }),
  stepParallel: (at: At, options: readonly n.StepOption[], branches: readonly n.Node[]): n.StepParallelNode =>
    ({ kind: 'step-parallel', ...base(at), options, branches }),
  for: (at: At, clauses: readonly n.IrForClause[], body: readonly n.Node[], declares: readonly n.Variable[]): n.ForNode =>
    ({ kind: 'for', ...base(at), clauses, body, declares }),
  dotimes: (
    at: At,
    variable: n.Variable,
    count: n.Node,
    body: readonly n.Node[],
    declares: readonly n.Variable[],
  ): n.DotimesNode => ({ kind: 'dotimes', ...base(at), variable, count, body, declares }),
  hostCall: (at: At, capability: n.Node, args: readonly n.Node[]): n.HostCallNode =>
    ({ kind: 'host-call', ...base(at), capability, args }),
  discoverAgents: (at: At, criteria: n.Node, options: n.Node | undefined): n.DiscoverAgentsNode =>
    ({ kind: 'discover-agents', ...base(at), criteria, options }),
  contextGet: (at: At, name: string, local: n.Node | undefined): n.ContextGetNode =>
    ({ kind: 'context-get', ...base(at), name, local }),
  taskContext: (at: At, name: string): n.TaskContextNode => ({ kind: 'task-context', ...base(at), name }),
  vector: (at: At, elements: readonly n.Node[]): n.VectorNode => ({ kind: 'vector', ...base(at), elements }),
  map: (at: At, entries: readonly n.MapEntryNode[]): n.MapNode => ({ kind: 'map', ...base(at), entries }),
  quote: (at: At, value: Value): n.QuoteNode => ({ kind: 'quote', ...base(at), value }),
  quasiquote: (at: At, template: n.IrTemplate): n.QuasiquoteNode => ({ kind: 'quasiquote', ...base(at), template }),
  cast: (at: At, value: n.Node, target: Type, path: string): n.CastNode =>
    ({ kind: 'cast', ...base(at), value, target, path }),
  conforms: (at: At, value: n.Node, target: Type): n.ConformsNode => ({ kind: 'conforms', ...base(at), value, target }),
  hints: (at: At, meta: Metadata, body: n.Node): n.HintsNode => ({ kind: 'hints', ...base(at), meta, body }),
  deftype: (at: At, name: string, target: Type): n.DeftypeNode => ({ kind: 'deftype', ...base(at), name, target }),
  defstruct: (at: At, name: string, variable: n.Variable | undefined, target: Type): n.DefstructNode =>
    ({ kind: 'defstruct', ...base(at), name, variable, target }),
  defmacro: (at: At, name: string): n.DefmacroNode => ({ kind: 'defmacro', ...base(at), name }),
  deftest: (at: At, name: string, body: readonly n.Node[], declares: readonly n.Variable[]): n.DeftestNode =>
    ({ kind: 'deftest', ...base(at), name, body, declares }),
  is: (
    at: At,
    form: n.Node,
    equality: readonly [n.Node, n.Node] | undefined,
    message: n.Node | undefined,
    text: string,
  ): n.IsNode => ({ kind: 'is', ...base(at), form, equality, message, text }),
  import: (
    at: At,
    module: string,
    alias: string | undefined,
    only: readonly string[] | undefined,
    referAll: boolean,
  ): n.ImportNode => ({ kind: 'import', ...base(at), module, alias, only, referAll }),
  module: (at: At, parts: Omit<n.ModuleNode, 'kind' | keyof At>): n.ModuleNode => ({
    kind: 'module',
    ...base(at),
    name: parts.name,
    doc: parts.doc,
    exports: parts.exports,
    body: parts.body,
    globals: parts.globals,
    privates: parts.privates,
  }),
  object: (
    at: At,
    objectKind: string,
    name: Value | undefined,
    properties: readonly n.ObjectProperty[],
  ): n.ObjectNode => ({ kind: 'object', ...base(at), objectKind, name, properties }),
  charge: (at: At, units: number, body: n.Node): n.ChargeNode => ({ kind: 'charge', ...base(at), units, body }),
  unit: (forms: readonly n.Node[], globals: readonly string[], lastId: number): n.Unit =>
    ({ kind: 'unit', version: 1, forms, globals, lastId }),
}

function base(at: At): n.NodeBase {
  return { id: at.id, type: at.type, span: at.span }
}

