import type { Node, Unit } from '@rtfs/ir'

/**
 * The unit to compile for one function: the body of its module as a unit of its own, so that the module's definitions
 * are the unit's globals; for a function of a program, the program's unit. Definitions only: what a module does besides
 * is not part of its functions.
 */
export function unitOfModule(unit: Unit, module: string | undefined): Unit {
  if (module === undefined) return { ...unit, forms: definitions(unit.forms) }
  const node = unit.forms.find(form => form.kind === 'module' && form.name === module)
  if (node?.kind !== 'module') throw new Error(`the unit has no module ${module}`)
  return { ...unit, forms: definitions(node.body), globals: node.globals }
}

function definitions(forms: readonly Node[]): readonly Node[] {
  return forms.filter(form => form.kind !== 'deftest')
}
