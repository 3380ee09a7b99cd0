import type * as n from './nodes.js'

type Visit = (child: n.Node) => n.Node

/** Calls `visit` with every direct child, in the order of evaluation. */
export function forEachChild(node: n.Node, visit: (child: n.Node) => void): void {
  mapChildren(node, child => {
    visit(child)
    return child
  })
}

/** `node` with every direct child replaced by what `visit` gives for it; `node` itself when nothing changed. */
export function mapChildren(node: n.Node, visit: Visit): n.Node {
  let changed = false
  const made = rebuild(node, child => {
    const result = visit(child)
    if (result !== child) changed = true
    return result
  })
  return changed ? made : node
}

/** The one place that knows where the children are. */
function rebuild(node: n.Node, visit: Visit): n.Node {
  const all = (nodes: readonly n.Node[]): readonly n.Node[] => nodes.map(visit)
  const maybe = (child: n.Node | undefined): n.Node | undefined => (child === undefined ? undefined : visit(child))
  switch (node.kind) {
    case 'literal':
    case 'ref':
    case 'qualified-ref':
    case 'resource-ref':
    case 'task-context':
    case 'quote':
    case 'deftype':
    case 'defstruct':
    case 'defmacro':
    case 'import':
      return node
    case 'def':
      return { ...node, init: visit(node.init) }
    case 'lambda':
      return {
        ...node,
        params: node.params.map(param => paramWith(param, visit)),
        rest: node.rest === undefined ? undefined : paramWith(node.rest, visit),
        body: all(node.body),
      }
    case 'apply':
      return { ...node, callee: visit(node.callee), args: all(node.args) }
    case 'if':
      return { ...node, test: visit(node.test), then: visit(node.then), else: maybe(node.else) }
    case 'let':
    case 'loop':
      return { ...node, bindings: bindingsWith(node.bindings, visit), body: all(node.body) }
    case 'do':
      return { ...node, body: all(node.body) }
    case 'and':
    case 'or':
      return { ...node, operands: all(node.operands) }
    case 'recur':
      return { ...node, args: all(node.args) }
    case 'match':
      return {
        ...node,
        subject: visit(node.subject),
        clauses: node.clauses.map(clause => ({ ...clause, guard: maybe(clause.guard), body: visit(clause.body) })),
      }
    case 'try':
      return {
        ...node,
        body: all(node.body),
        catches: node.catches.map(clause => ({ ...clause, body: all(clause.body) })),
        finally: node.finally === undefined ? undefined : all(node.finally),
      }
    case 'throw':
      return { ...node, value: visit(node.value) }
    case 'parallel':
      return { ...node, bindings: node.bindings.map(binding => ({ ...binding, init: visit(binding.init) })) }
    case 'with-resource':
      return { ...node, init: visit(node.init), body: all(node.body) }
    case 'log-step':
      return { ...node, values: all(node.values) }
    case 'step':
      return {
        ...node,
        exposeContext: maybe(node.exposeContext),
        contextKeys: maybe(node.contextKeys),
        params: maybe(node.params),
        body: all(node.body),
      }
    case 'step-if':
      return {
        ...node,
        options: maybe(node.options),
        test: visit(node.test),
        then: visit(node.then),
        else: maybe(node.else),
      }
    case 'step-loop':
      return { ...node, options: maybe(node.options), test: visit(node.test), body: visit(node.body) }
    case 'step-parallel':
      return {
        ...node,
        options: node.options.map(option => ({ ...option, value: visit(option.value) })),
        branches: all(node.branches),
      }
    case 'for':
      return { ...node, clauses: node.clauses.map(clause => forClauseWith(clause, visit)), body: all(node.body) }
    case 'dotimes':
      return { ...node, count: visit(node.count), body: all(node.body) }
    case 'host-call':
      return { ...node, capability: visit(node.capability), args: all(node.args) }
    case 'discover-agents':
      return { ...node, criteria: visit(node.criteria), options: maybe(node.options) }
    case 'context-get':
      return { ...node, local: maybe(node.local) }
    case 'vector':
      return { ...node, elements: all(node.elements) }
    case 'map':
      return { ...node, entries: node.entries.map(entry => ({ key: visit(entry.key), value: visit(entry.value) })) }
    case 'quasiquote':
      return { ...node, template: templateWith(node.template, visit) }
    case 'cast':
    case 'conforms':
      return { ...node, value: visit(node.value) }
    case 'hints':
    case 'charge':
      return { ...node, body: visit(node.body) }
    case 'deftest':
      return { ...node, body: all(node.body) }
    case 'is': {
      const form = visit(node.form)
      return { ...node, form, equality: equalityOperands(form, node.equality !== undefined), message: maybe(node.message) }
    }
    case 'module':
      return { ...node, body: all(node.body) }
    case 'object':
      return { ...node, properties: node.properties.map(property => ({ ...property, value: visit(property.value) })) }
    default:
      return assertNever(node)
  }
}

function paramWith(param: n.ParamNode, visit: Visit): n.ParamNode {
  return { ...param, pattern: patternWith(param.pattern, visit) }
}

function bindingsWith(bindings: readonly n.LetBinding[], visit: Visit): readonly n.LetBinding[] {
  return bindings.map(binding => {
    const init = visit(binding.init)
    return { pattern: patternWith(binding.pattern, visit), init }
  })
}

function patternWith(pattern: n.IrPattern, visit: Visit): n.IrPattern {
  switch (pattern.kind) {
    case 'bind':
    case 'wildcard':
      return pattern
    case 'vector-pattern':
      return {
        ...pattern,
        elements: pattern.elements.map(element => patternWith(element, visit)),
        rest: pattern.rest === undefined ? undefined : patternWith(pattern.rest, visit),
      }
    case 'map-pattern':
      return {
        ...pattern,
        entries: pattern.entries.map(entry => {
          const fallback = entry.default === undefined ? undefined : visit(entry.default)
          return { key: entry.key, pattern: patternWith(entry.pattern, visit), default: fallback }
        }),
      }
  }
}

function forClauseWith(clause: n.IrForClause, visit: Visit): n.IrForClause {
  switch (clause.kind) {
    case 'for-binding': {
      const collection = visit(clause.collection)
      return { ...clause, pattern: patternWith(clause.pattern, visit), collection }
    }
    case 'for-when':
    case 'for-while':
      return { ...clause, test: visit(clause.test) }
    case 'for-let':
      return { ...clause, bindings: bindingsWith(clause.bindings, visit) }
  }
}

function templateWith(template: n.IrTemplate, visit: Visit): n.IrTemplate {
  switch (template.kind) {
    case 'data':
    case 'gensym':
      return template
    case 'unquote':
    case 'splice':
      return { ...template, expr: visit(template.expr) }
    case 'template-list':
    case 'template-vector':
      return { ...template, items: template.items.map(item => templateWith(item, visit)) }
    case 'template-map':
      return {
        ...template,
        entries: template.entries.map(entry => ({
          key: templateWith(entry.key, visit),
          value: templateWith(entry.value, visit),
        })),
      }
  }
}

/** `IsNode.equality` for a form: its two arguments, the same nodes, when it (still) is a call of `=` on two. */
export function equalityOperands(form: n.Node, isEquality: boolean): n.IsNode['equality'] {
  if (!isEquality || form.kind !== 'apply' || form.args.length !== 2) return undefined
  return [form.args[0]!, form.args[1]!]
}

/** Makes a kind that someone forgot a compile error, and a clear message where types were bypassed. */
export function assertNever(node: never): never {
  throw new Error(`unreachable: ${String((node as { kind?: unknown }).kind)}`)
}
