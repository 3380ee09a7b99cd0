import { RtfsFloat } from '@rtfs/core'
import { forEachChild, type Node } from '@rtfs/ir'
import type { Cell } from '../../shared/environment.js'
import type { Frame, Slot } from '../code.js'
import type { Place } from '../layout.js'
import type { Scope } from '../scope.js'
import type { Numeric } from './form.js'

/** The id of a variable, or the name of a global. */
export type InputKey = number | string

/** Something that a kernel reads when it is entered: where it stands in the frame, or its cell in the unit. */
export interface Input {
  readonly key: InputKey
  readonly place: Place | undefined
  readonly cell: Cell | undefined
}

/** The variables of a loop or function, which all have slots of their own frame. */
export function variableInputs(variables: readonly number[], scope: Scope): readonly Input[] {
  return variables.map(key => ({ key, place: scope.layout.find(key), cell: undefined }))
}

/**
 * What else forms read from outside of them. To be called when the variables outside have their slots, and those of
 * the forms do not yet.
 */
export function outerInputs(forms: readonly Node[], own: readonly number[], scope: Scope): readonly Input[] {
  const inputs: Input[] = []
  const seen = new Set<InputKey>(own)
  const visit = (form: Node): void => {
    // What is inside a function is none of the kernel's.
    if (form.kind === 'lambda') return
    if (form.kind !== 'ref') {
      forEachChild(form, visit)
      return
    }
    if (form.scope === 'builtin') return
    const key = form.scope === 'local' ? form.variable : form.name
    if (seen.has(key)) return
    seen.add(key)
    if (typeof key === 'string') {
      const cell = scope.unit.find(key)
      if (cell !== undefined) inputs.push({ key, place: undefined, cell })
    } else if (scope.layout.has(key)) {
      const place = scope.layout.find(key)
      if (!place.cell) inputs.push({ key, place, cell: undefined })
    }
  }
  for (const form of forms) visit(form)
  return inputs
}

/** The value of an input. */
export function readInput({ place, cell }: Input, frame: Frame): unknown {
  if (place === undefined) return cell?.value
  return place.captured ? (frame[0] as readonly Slot[])[place.index] : frame[place.index]
}

/** The type of a value, `undefined` for what kernels do not work on. */
export function numericOf(value: unknown): Numeric | undefined {
  if (typeof value === 'number') return 'int'
  if (typeof value === 'boolean') return 'bool'
  return value instanceof RtfsFloat ? 'float' : undefined
}

/** An input with the type that it has to have. */
export interface TypedInput {
  readonly input: Input
  readonly type: Numeric
}

/** Writes inputs from `registers[first]` on; false when one has another type now. */
export function loadInputs(
  inputs: readonly TypedInput[],
  frame: Frame,
  registers: Float64Array,
  first: number,
): boolean {
  for (let i = 0; i < inputs.length; i++) {
    const { input, type } = inputs[i]!
    const value = readInput(input, frame)
    if (type === 'int') {
      if (typeof value !== 'number') return false
      registers[first + i] = value
    } else if (type === 'float') {
      if (!(value instanceof RtfsFloat)) return false
      registers[first + i] = value.value
    } else {
      if (typeof value !== 'boolean') return false
      registers[first + i] = value ? 1 : 0
    }
  }
  return true
}

/** The value of a register. */
export function numberOf(register: number, type: Numeric): number | boolean | RtfsFloat {
  return type === 'int' ? register : type === 'float' ? new RtfsFloat(register) : register === 1
}
