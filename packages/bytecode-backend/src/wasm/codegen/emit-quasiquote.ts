import { unsupported } from '@rtfs/core'
import type { IrTemplate, Node, QuasiquoteNode } from '@rtfs/ir'
import type { Template } from '../metadata/template-codec.js'
import type { FunctionEmitter, Want } from './function-emitter.js'
import * as k from './kinds.js'

/** Unquoted parts that one call to the host carries. */
const maxParts = 200

/** The unquoted parts of a template, in the order they are evaluated. */
export function templateParts(template: IrTemplate): readonly Node[] {
  switch (template.kind) {
    case 'data':
    case 'gensym':
      return []
    case 'unquote':
    case 'splice':
      return [template.expr]
    case 'template-list':
    case 'template-vector':
      return template.items.flatMap(templateParts)
    case 'template-map':
      return template.entries.flatMap(({ key, value }) => [...templateParts(key), ...templateParts(value)])
  }
}

/** Quasiquote (LANGUAGE §8): the unquoted parts are evaluated left to right, then the data is put together. */
export function emitQuasiquote(e: FunctionEmitter, node: QuasiquoteNode, want: Want): void {
  const parts = templateParts(node.template)
  if (parts.length > maxParts) throw unsupported('wasm', 'a quasiquote of so many parts', node.span)
  e.body.globalGet(e.module.constants.global({ kind: 'template', template: templateOf(e, node.template) }))
  for (const part of parts) {
    e.emit(part, 'externref')
    if (e.kinds(part) === k.never) e.body.unreachable()
  }
  e.charging(e.module.family('template', parts.length), node.span)
  e.finishValue('externref', k.any, want)
}

function templateOf(e: FunctionEmitter, template: IrTemplate): Template {
  const all = (items: readonly IrTemplate[]): Template[] => items.map(item => templateOf(e, item))
  switch (template.kind) {
    case 'data':
    case 'gensym':
      return template
    case 'unquote':
      return { kind: 'unquote' }
    case 'splice':
      return { kind: 'splice', site: e.module.site(template.expr.span, e.frame) }
    case 'template-list':
      return { kind: 'list', items: all(template.items) }
    case 'template-vector':
      return { kind: 'vector', items: all(template.items) }
    case 'template-map':
      return { kind: 'map', items: all(template.entries.flatMap(({ key, value }) => [key, value])) }
  }
}
