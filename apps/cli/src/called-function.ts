import { closest } from '@rtfs/core'
import { ast, type Module, type ParseResult, type Program } from '@rtfs/parser'

/**
 * The program, with an import at its end when `name` is a function of a module that it defines itself: without one,
 * nothing outside of the module sees it.
 */
export function importingModuleOf(name: string, parsed: ParseResult): ParseResult {
  const { program } = parsed
  const module = modulesOf(program).find(each => name.startsWith(`${each.name}/`))
  if (
    module === undefined ||
    program.forms.some(form => form.kind === 'import' && form.module === module.name)
  ) {
    return parsed
  }
  const end = { start: program.end, end: program.end }
  const form = ast.import(module.name, undefined, undefined, false, end)
  return { ...parsed, program: ast.program([...program.forms, form], program) }
}

/** How to name a function that was not found: in its module, or as it is spelt. `undefined` when nothing is like it. */
export function meantFunction(name: string, program: Program): string | undefined {
  const own = program.forms.flatMap(form => (form.kind === 'defn' ? [form.name] : []))
  const qualified = modulesOf(program).flatMap(module =>
    module.forms.flatMap(form => (form.kind === 'defn' ? [`${module.name}/${form.name}`] : [])),
  )
  const inside = qualified.find(each => each.endsWith(`/${name}`))
  return inside ?? closest(name, [...own, ...qualified])
}

function modulesOf({ forms }: Program): readonly Module[] {
  return forms.flatMap(form => (form.kind === 'module' ? [form] : []))
}
