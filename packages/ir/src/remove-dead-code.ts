import { forEachChild, mapChildren } from './children.js'
import type { MatchClauseNode, MatchNode, ModuleNode, Node, Unit } from './nodes.js'
import { Ids, type Pass } from './pass.js'

/** Pass 3. Clauses after one that takes everything; functions of a module that nobody outside sees and nobody calls. */
export const removeDeadCode: Pass = (unit: Unit): Unit => {
  const remove = (node: Node): Node => {
    const inner = mapChildren(node, remove)
    if (inner.kind === 'match') return withoutDeadClauses(inner)
    if (inner.kind === 'module') return withoutUnusedFunctions(inner)
    return inner
  }
  return new Ids(unit).finish(unit, unit.forms.map(remove))
}

function withoutDeadClauses(node: MatchNode): Node {
  const last = node.clauses.findIndex(takesEverything)
  return last < 0 || last === node.clauses.length - 1
    ? node
    : { ...node, clauses: node.clauses.slice(0, last + 1) }
}

function takesEverything({ pattern, guard }: MatchClauseNode): boolean {
  return guard === undefined && (pattern.kind === 'match-any' || pattern.kind === 'match-bind')
}

/** The last form stays: it is in the place of the module's end, and the rest of the module may be nothing else. */
function withoutUnusedFunctions(node: ModuleNode): ModuleNode {
  const read = globalReads(node)
  const isUnused = (form: Node, index: number): boolean => {
    return (
      form.kind === 'def' &&
      form.init.kind === 'lambda' &&
      index < node.body.length - 1 &&
      !read.has(form.name) &&
      isHidden(node, form.name)
    )
  }
  const body = node.body.filter((form, index) => !isUnused(form, index))
  if (body.length === node.body.length) return node
  const left = new Set(body.map(form => (form.kind === 'def' ? form.name : undefined)))
  const gone = new Set(
    node.body.flatMap(form => (form.kind === 'def' && !left.has(form.name) ? [form.name] : [])),
  )
  return {
    ...node,
    body,
    globals: node.globals.filter(name => !gone.has(name)),
    privates: node.privates.filter(name => !gone.has(name)),
  }
}

function isHidden(node: ModuleNode, name: string): boolean {
  return node.exports === undefined ? node.privates.includes(name) : !node.exports.includes(name)
}

/** Names that something in the module reads. A function that only calls itself does so by its own variable. */
function globalReads(node: ModuleNode): ReadonlySet<string> {
  const read = new Set<string>()
  const visit = (each: Node): void => {
    if (each.kind === 'ref' && each.scope !== 'local') read.add(each.name)
    if (each.kind === 'qualified-ref' && each.module === node.name) read.add(each.name)
    forEachChild(each, visit)
  }
  node.body.forEach(visit)
  return read
}
