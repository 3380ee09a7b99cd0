import type { Node, Unit } from '@rtfs/ir'

/**
 * The unit to compile for one function: the body of its module as a unit of its own, so that the module's definitions
 * are the unit's globals, behind the modules it may import; for a function of a program, the program's unit.
 * Definitions only: what a module does besides is not part of its functions.
 */
export function unitOfModule(unit: Unit, module: string | undefined): Unit {
  if (module === undefined) return { ...unit, forms: definitions(unit.forms) }
  const node = unit.forms.find(form => form.kind === 'module' && form.name === module)
  if (node?.kind !== 'module') throw new Error(`the unit has no module ${module}`)
  const body = definitions(node.body)
  const before = unit.forms.slice(0, unit.forms.indexOf(node)).filter(form => form.kind === 'module')
  const others = body.some(form => form.kind === 'import') ? before : []
  return { ...unit, forms: [...others, ...body], globals: node.globals }
}

function definitions(forms: readonly Node[]): readonly Node[] {
  return forms.filter(form => form.kind !== 'deftest')
}
