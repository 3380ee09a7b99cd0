import type * as n from './nodes.js'

type Visit = (child: n.Node) => n.Node

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

/** This and `forEachChild` are the two places that know where the children are. */
function rebuild(node: n.Node, visit: Visit): n.Node {
  const all = (nodes: readonly n.Node[]): readonly n.Node[] => nodes.map(visit)
  const maybe = (child: n.Node | undefined): n.Node | undefined =>
    child === undefined ? undefined : visit(child)
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
      // biome-ignore lint/suspicious/noThenProperty: the branch of an `if`; nodes are never awaited
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
        clauses: node.clauses.map(clause => ({
          ...clause,
          guard: maybe(clause.guard),
          body: visit(clause.body),
        })),
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
        // biome-ignore lint/suspicious/noThenProperty: the branch of an `if`; nodes are never awaited
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
      return {
        ...node,
        clauses: node.clauses.map(clause => forClauseWith(clause, visit)),
        body: all(node.body),
      }
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
      return {
        ...node,
        entries: node.entries.map(entry => ({ key: visit(entry.key), value: visit(entry.value) })),
      }
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
      return {
        ...node,
        form,
        equality: equalityOperands(form, node.equality !== undefined),
        message: maybe(node.message),
      }
    }
    case 'module':
      return { ...node, body: all(node.body) }
    case 'object':
      return {
        ...node,
        properties: node.properties.map(property => ({ ...property, value: visit(property.value) })),
      }
    default:
      return assertNever(node)
  }
}

/** Calls `visit` with every direct child, in the order of evaluation. */
export function forEachChild(node: n.Node, visit: (child: n.Node) => void): void {
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
      return
    case 'def':
      visit(node.init)
      return
    case 'lambda':
      for (const param of node.params) eachInPattern(param.pattern, visit)
      if (node.rest !== undefined) eachInPattern(node.rest.pattern, visit)
      each(node.body, visit)
      return
    case 'apply':
      visit(node.callee)
      each(node.args, visit)
      return
    case 'if':
      each([node.test, node.then, node.else], visit)
      return
    case 'let':
    case 'loop':
      eachInBindings(node.bindings, visit)
      each(node.body, visit)
      return
    case 'do':
    case 'deftest':
    case 'module':
      each(node.body, visit)
      return
    case 'and':
    case 'or':
      each(node.operands, visit)
      return
    case 'recur':
      each(node.args, visit)
      return
    case 'match':
      visit(node.subject)
      for (const clause of node.clauses) each([clause.guard, clause.body], visit)
      return
    case 'try':
      each(node.body, visit)
      for (const clause of node.catches) each(clause.body, visit)
      each(node.finally ?? [], visit)
      return
    case 'throw':
    case 'cast':
    case 'conforms':
      visit(node.value)
      return
    case 'parallel':
      for (const binding of node.bindings) visit(binding.init)
      return
    case 'with-resource':
      visit(node.init)
      each(node.body, visit)
      return
    case 'log-step':
      each(node.values, visit)
      return
    case 'step':
      each([node.exposeContext, node.contextKeys, node.params], visit)
      each(node.body, visit)
      return
    case 'step-if':
      each([node.options, node.test, node.then, node.else], visit)
      return
    case 'step-loop':
      each([node.options, node.test, node.body], visit)
      return
    case 'step-parallel':
      for (const option of node.options) visit(option.value)
      each(node.branches, visit)
      return
    case 'for':
      for (const clause of node.clauses) eachInForClause(clause, visit)
      each(node.body, visit)
      return
    case 'dotimes':
      visit(node.count)
      each(node.body, visit)
      return
    case 'host-call':
      visit(node.capability)
      each(node.args, visit)
      return
    case 'discover-agents':
      each([node.criteria, node.options], visit)
      return
    case 'context-get':
      each([node.local], visit)
      return
    case 'vector':
      each(node.elements, visit)
      return
    case 'map':
      for (const entry of node.entries) each([entry.key, entry.value], visit)
      return
    case 'quasiquote':
      eachInTemplate(node.template, visit)
      return
    case 'hints':
    case 'charge':
      visit(node.body)
      return
    case 'is':
      each([node.form, node.message], visit)
      return
    case 'object':
      for (const property of node.properties) visit(property.value)
      return
    default:
      assertNever(node)
      return
  }
}

function each(nodes: readonly (n.Node | undefined)[], visit: (child: n.Node) => void): void {
  for (const node of nodes) if (node !== undefined) visit(node)
}

function eachInBindings(bindings: readonly n.LetBinding[], visit: (child: n.Node) => void): void {
  for (const { pattern, init } of bindings) {
    visit(init)
    eachInPattern(pattern, visit)
  }
}

function eachInPattern(pattern: n.IrPattern, visit: (child: n.Node) => void): void {
  if (pattern.kind === 'vector-pattern') {
    for (const element of pattern.elements) eachInPattern(element, visit)
    if (pattern.rest !== undefined) eachInPattern(pattern.rest, visit)
  } else if (pattern.kind === 'map-pattern') {
    for (const entry of pattern.entries) {
      if (entry.default !== undefined) visit(entry.default)
      eachInPattern(entry.pattern, visit)
    }
  }
}

function eachInForClause(clause: n.IrForClause, visit: (child: n.Node) => void): void {
  switch (clause.kind) {
    case 'for-binding':
      visit(clause.collection)
      eachInPattern(clause.pattern, visit)
      return
    case 'for-when':
    case 'for-while':
      visit(clause.test)
      return
    case 'for-let':
      eachInBindings(clause.bindings, visit)
      return
  }
}

function eachInTemplate(template: n.IrTemplate, visit: (child: n.Node) => void): void {
  switch (template.kind) {
    case 'data':
    case 'gensym':
      return
    case 'unquote':
    case 'splice':
      visit(template.expr)
      return
    case 'template-list':
    case 'template-vector':
      for (const item of template.items) eachInTemplate(item, visit)
      return
    case 'template-map':
      for (const entry of template.entries) {
        eachInTemplate(entry.key, visit)
        eachInTemplate(entry.value, visit)
      }
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
