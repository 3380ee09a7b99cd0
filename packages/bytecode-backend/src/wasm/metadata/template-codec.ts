import type { Value } from '@rtfs/core'
import type { ByteWriter } from '../encoder/byte-writer.js'
import type { ByteReader } from './byte-reader.js'
import { readValue, writeValue } from './value-codec.js'

/** What a quasiquote puts together (LANGUAGE §8). Unquoted parts are numbered in source order, as they are evaluated. */
export type Template =
  | { readonly kind: 'data'; readonly value: Value }
  | { readonly kind: 'gensym'; readonly base: string }
  | { readonly kind: 'unquote' }
  /** `site` is where it is an error that the part is no sequence. */
  | { readonly kind: 'splice'; readonly site: number }
  | { readonly kind: 'list' | 'vector'; readonly items: readonly Template[] }
  /** Key, value, key, value … */
  | { readonly kind: 'map'; readonly items: readonly Template[] }

const kinds = ['data', 'gensym', 'unquote', 'splice', 'list', 'vector', 'map'] as const

export function writeTemplate(out: ByteWriter, template: Template): void {
  out.byte(kinds.indexOf(template.kind))
  switch (template.kind) {
    case 'data':
      writeValue(out, template.value)
      return
    case 'gensym':
      out.name(template.base)
      return
    case 'unquote':
      return
    case 'splice':
      out.u32(template.site)
      return
    default:
      out.u32(template.items.length)
      for (const item of template.items) writeTemplate(out, item)
  }
}

/** Levels of nesting a template may have. */
const maxDepth = 1024

/** Reads a template. Throws RangeError for anything that `writeTemplate` does not write. */
export function readTemplate(reader: ByteReader, depth = 0): Template {
  if (depth > maxDepth) throw new RangeError('template nested too deeply')
  const kind = kinds[reader.byte()]
  switch (kind) {
    case 'data':
      return { kind, value: readValue(reader) }
    case 'gensym':
      return { kind, base: reader.name() }
    case 'unquote':
      return { kind }
    case 'splice':
      return { kind, site: reader.u32() }
    case 'list':
    case 'vector':
    case 'map': {
      const items: Template[] = []
      for (let left = reader.count(); left > 0; left--) items.push(readTemplate(reader, depth + 1))
      if (kind === 'map' && items.length % 2 !== 0) throw new RangeError('a map template without a value')
      return { kind, items }
    }
    default:
      throw new RangeError('unknown kind of template')
  }
}
