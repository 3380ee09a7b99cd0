import type { Expr, Program } from '@rtfs/parser'
import { definedNames } from './defined-names.js'

const known = new WeakMap<Program, boolean>()

/** True when running a program may change the frame of its unit or the modules there are. */
export function changesUnit(program: Program): boolean {
  let changes = known.get(program)
  if (changes === undefined) {
    changes = definedNames(program.forms).size > 0 || program.forms.some(changesFrame)
    known.set(program, changes)
  }
  return changes
}

/** Types, macros, imports and modules stand at the top level; a `do` there is transparent. */
function changesFrame(form: Expr): boolean {
  switch (form.kind) {
    case 'do':
      return form.body.some(changesFrame)
    case 'with-metadata':
      return changesFrame(form.expr)
    case 'import':
    case 'module':
    case 'deftype':
    case 'defmacro':
    case 'deftest':
      return true
    default:
      return false
  }
}
