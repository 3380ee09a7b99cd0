import type { Span } from '@rtfs/core'
import type { Call, ContextGet } from '@rtfs/parser'
import { foreignName } from './foreign-names.js'
import { libraryRow } from './library.js'
import type { Lowering } from './lower.js'
import { ir } from './node-factories.js'
import type { Node, VariableRefNode } from './nodes.js'
import { notTail, type Place } from './scope.js'
import { nearestName } from './suggest.js'

/**
 * A reference (LANGUAGE §4.2): local names, then those of the unit's own frame and its imports, then the library.
 * A qualified name goes to an imported module, or to a library function that is written with a slash.
 */
export function lowerSymbol(lowering: Lowering, name: string, span: Span, place: Place): Node {
  const local = lowerLocal(lowering, name, span, place)
  if (local !== undefined) return local
  const { root } = place
  if (isGlobal(name, place)) return ir.ref(lowering.at(span), 'global', name, 0)
  const slash = name.length > 1 ? name.lastIndexOf('/') : -1
  if (slash > 0) return lowerQualified(lowering, name, slash, span, place)
  const row = libraryRow(name)
  if (root.open) return ir.ref(lowering.at(span), 'dynamic', name, 0)
  if (row !== undefined) return ir.ref(lowering.at(span), 'builtin', row.name, 0)
  reportUndefined(lowering, name, span, place)
  return ir.ref(lowering.at(span), 'dynamic', name, 0)
}

/** Says what the name is close to, or what it is called here. */
function reportUndefined(lowering: Lowering, name: string, span: Span, place: Place): void {
  const foreign = foreignName(name)
  // Comparing names costs time; nobody reads the fiftieth suggestion.
  const near =
    foreign === undefined && lowering.diagnostics.length < 50 ? nearestName(name, place) : undefined
  const instead = foreign?.name ?? near
  const { start, end } = span
  const fixes =
    instead === undefined
      ? []
      : [{ title: `Replace ${name} by ${instead}`, safe: false, edits: [{ start, end, text: instead }] }]
  const hint = foreign?.hint ?? (near === undefined ? undefined : `Did you mean \`${near}\`?`)
  lowering.report('UndefinedSymbol', `Undefined symbol: ${name}`, span, hint, fixes)
}

function lowerLocal(lowering: Lowering, name: string, span: Span, place: Place): VariableRefNode | undefined {
  const variable = place.scope.resolve(name)
  if (variable === undefined) return undefined
  lowering.used.add(variable.id)
  return ir.ref(lowering.at(span), 'local', name, variable.id)
}

function isGlobal(name: string, place: Place): boolean {
  return place.root.globals.has(name) || place.root.imported.has(name)
}

function lowerQualified(lowering: Lowering, name: string, slash: number, span: Span, place: Place): Node {
  const prefix = name.slice(0, slash)
  const symbol = name.slice(slash + 1)
  const module = place.root.aliases.get(prefix)
  if (module === undefined) {
    const row = libraryRow(name)
    if (row !== undefined) return ir.ref(lowering.at(span), 'builtin', row.name, 0)
    // `str/join`, `clojure.string/upper-case`: the library has no namespaces.
    const own = libraryRow(symbol)?.name ?? foreignName(symbol)?.name
    if (own === undefined) {
      lowering.report(
        'UndefinedSymbol',
        `Undefined symbol: ${name}`,
        span,
        `Import the module: (import ${prefix})`,
      )
    } else {
      const { start, end } = span
      const hint = `Did you mean \`${own}\`? The library needs no import.`
      const fix = { title: `Replace ${name} by ${own}`, safe: false, edits: [{ start, end, text: own }] }
      lowering.report('UndefinedSymbol', `Undefined symbol: ${name}`, span, hint, [fix])
    }
    return ir.qualifiedRef(lowering.at(span), prefix, symbol)
  }
  const exports = moduleExports(lowering, module)
  if (exports !== undefined && !exports.includes(symbol)) {
    lowering.report('ModuleError', `'${symbol}' is not exported by ${module}`, span)
  }
  return ir.qualifiedRef(lowering.at(span), module, symbol)
}

/** What a module exports: one of this unit, or one the caller knows. */
export function moduleExports(lowering: Lowering, module: string): readonly string[] | undefined {
  return lowering.modules.get(module) ?? lowering.options.moduleExports?.(module)
}

/** A call; in tail position of a function it says so. */
export function lowerCall(lowering: Lowering, expr: Call, place: Place): Node {
  const at = lowering.at(expr)
  const callee = lowering.expr(expr.callee, notTail(place))
  return ir.apply(at, callee, lowering.all(expr.args, place), place.tail)
}

/** `(get :key)`: the library is no part of the local environment. */
export function lowerContextGet(lowering: Lowering, expr: ContextGet, place: Place): Node {
  const at = lowering.at(expr)
  const local = lowerLocal(lowering, expr.name, expr, place)
  if (local !== undefined || !isGlobal(expr.name, place)) return ir.contextGet(at, expr.name, local)
  return ir.contextGet(at, expr.name, ir.ref(lowering.at(expr), 'global', expr.name, 0))
}
