import type { Value } from '@rtfs/core'
import type { Program } from '@rtfs/parser'
import type { UnitFrame } from '../shared/environment.js'
import type { Services } from '../shared/services.js'
import { definedNames } from './defined-names.js'
import { runForms } from './run-forms.js'

/**
 * Runs a program in a frame: the definition of the language in code, which every other tier is held to. The names it
 * defines are declared first; its value is that of the last form.
 */
export function evaluateProgram(program: Program, environment: UnitFrame, context: Services): Value {
  for (const name of definedNames(program.forms)) environment.declare(name)
  return runForms(context, program.forms, environment)
}
