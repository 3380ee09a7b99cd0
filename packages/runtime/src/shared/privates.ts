import type { Expr, Metadata } from '@rtfs/parser'

/** Names marked `^{:private true}` at the top level of a module; a `do` there is transparent (LANGUAGE §12.1). */
export function privatesOf(forms: readonly Expr[]): readonly string[] {
  return forms.flatMap(form => {
    switch (form.kind) {
      case 'do':
        return privatesOf(form.body)
      case 'def':
        return isPrivate(form.meta) ? [form.name] : []
      case 'defn':
      case 'defmacro':
        return isPrivate(form.fn.meta) ? [form.name] : []
      case 'with-metadata':
        return isPrivate(form.meta) && 'name' in form.expr && typeof form.expr.name === 'string'
          ? [form.expr.name]
          : []
      default:
        return []
    }
  })
}

function isPrivate(meta: Metadata): boolean {
  return meta.get('private') === true
}
