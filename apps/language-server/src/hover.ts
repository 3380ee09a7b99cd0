import { formatType } from '@rtfs/core'
import type { FunctionInfo } from '@rtfs/sdk'
import { type BuiltinDefinition, findBuiltin } from '@rtfs/stdlib'
import type { Analysis } from './analysis.js'
import { type Binding, bindingAt, holds } from './binding.js'

/** Asks the module cache whether it has a function by its code; `undefined` where there is no cache. */
export type CachedInL4 = (info: FunctionInfo) => Promise<boolean | undefined>

/** A text in Markdown about the name at an offset. */
export async function hoverAt(
  analysis: Analysis,
  offset: number,
  findExport: (
    module: string,
    name: string,
  ) => { readonly analysis: Analysis; readonly binding: Binding } | undefined,
  cachedInL4: CachedInL4,
): Promise<{ readonly markdown: string; readonly start: number; readonly end: number } | undefined> {
  const { names } = analysis
  const free = names.free.find(each => holds(each.span, offset))
  if (free !== undefined) {
    const definition = findBuiltin(free.name)?.definition
    return definition && { markdown: aboutBuiltin(definition), ...free.span }
  }
  const qualified = names.qualified.find(each => holds(each.span, offset))
  if (qualified !== undefined) {
    const found = findExport(qualified.module, qualified.name)
    if (found === undefined) {
      const definition = findBuiltin(`${qualified.qualifier}/${qualified.name}`)?.definition
      return definition && { markdown: aboutBuiltin(definition), ...qualified.span }
    }
    return { markdown: await aboutBinding(found.analysis, found.binding, cachedInL4), ...qualified.span }
  }
  const binding = bindingAt(names, offset)
  if (binding === undefined) return undefined
  const span = [binding.span, ...binding.references].find(each => holds(each, offset))!
  return { markdown: await aboutBinding(analysis, binding, cachedInL4, span), ...span }
}

async function aboutBinding(
  analysis: Analysis,
  binding: Binding,
  cachedInL4: CachedInL4,
  { start, end } = binding.span,
): Promise<string> {
  const { name, kind, module } = binding
  const info = analysis.functions.find(each => each.name === name && each.module === module)
  if (kind === 'function' && info !== undefined) return aboutFunction(info, await cachedInL4(info))
  const node = analysis.nodeAt(start, end) ?? typeOfFirstUse(analysis, binding)
  const type = node === undefined ? '' : ` ${formatType(node.type)}`
  const origin = module === undefined ? '' : ` of module ${module}`
  return `${code(`${name}${type}`)}\n\n${kind}${origin}`
}

/** The place where a name is bound is no expression; what its first use is known to be tells its type. */
function typeOfFirstUse(analysis: Analysis, { references }: Binding) {
  for (const { start, end } of references) {
    const node = analysis.nodeAt(start, end)
    if (node !== undefined) return node
  }
  return undefined
}

function aboutFunction(info: FunctionInfo, cached: boolean | undefined): string {
  const { symbol, signature, task, lambda, effects } = info
  const lines = [code(`${symbol} ${signature}`)]
  const doc = lambda.doc ?? task
  if (doc !== undefined) lines.push(doc)
  lines.push(effects.length === 0 ? 'pure' : `effects: ${effects.map(each => `\`${each}\``).join(', ')}`)
  if (cached !== undefined)
    lines.push(cached ? 'compiled in the module cache (L4)' : 'not in the module cache (L4)')
  return lines.join('\n\n')
}

function aboutBuiltin({ name, signature, doc, purity, capabilities, examples }: BuiltinDefinition): string {
  const lines = [code(`${name} ${signature}`), doc]
  lines.push(purity === 'pure' ? 'pure' : `effects: ${capabilities.map(each => `\`${each}\``).join(', ')}`)
  if (examples.length > 0) {
    lines.push(
      code(
        examples
          .slice(0, 3)
          .map(each => `${each.source} ;; => ${each.expect}`)
          .join('\n'),
      ),
    )
  }
  return lines.join('\n\n')
}

function code(text: string): string {
  return `\`\`\`clojure\n${text}\n\`\`\``
}
