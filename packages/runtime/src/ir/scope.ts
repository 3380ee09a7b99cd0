import type { Span } from '@rtfs/core'
import type { UnitFrame } from '../shared/environment.js'
import type { Place } from '../shared/services.js'
import type { FunctionCode } from './code.js'
import type { Layout } from './layout.js'
import type { Machine } from './machine.js'

/** What compiling one function (or one top-level form) needs to know. */
export interface Scope {
  readonly machine: Machine
  /** The frame of the unit: globals, imports, type aliases. */
  readonly unit: UnitFrame
  readonly layout: Layout
  /** The function being compiled and its self variable's id, for direct self calls. */
  readonly self: FunctionCode | undefined
  readonly selfVariable: number
}

/** The place of a form, for errors, logs and provenance; one object, shared by all calls of the compiled form. */
export function siteOf(form: { readonly span: Span }, scope: Scope): Place {
  return { span: form.span, unit: scope.unit }
}
