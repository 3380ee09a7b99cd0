import {
  type Defmacro,
  type Import,
  type MacroEvaluator,
  type ParseOptions,
  type ParseResult,
  parse,
} from '@rtfs/parser'
import type { ModuleFile } from '../modules/module-files.js'
import { exportedMacros } from './exported-macros.js'

/** Where the macros of imported modules come from. */
export interface ModuleTexts {
  find(name: string, importer: string | undefined): ModuleFile | undefined
}

/** Options of `parseText`. */
export interface ParseTextOptions extends Omit<ParseOptions, 'evaluator' | 'importMacros'> {
  readonly evaluator: MacroEvaluator
  readonly modules: ModuleTexts | undefined
}

/** Parses a text with its macros expanded, those of imported modules too. */
export function parseText(text: string, options: ParseTextOptions): ParseResult {
  const { modules, ...rest } = options
  if (modules === undefined) return parse(text, rest)
  return parse(text, { ...rest, importMacros: form => importedMacros(form, modules, options.file) })
}

/** The macros an import makes visible, under the names they are called by (LANGUAGE §8, §12.2). */
function importedMacros(
  form: Import,
  modules: ModuleTexts,
  importer: string | undefined,
): ReadonlyMap<string, Defmacro> {
  const visible = new Map<string, Defmacro>()
  const file = findQuietly(form, modules, importer)
  if (file === undefined) return visible
  for (const [name, macro] of exportedMacros(file)) {
    visible.set(`${form.module}/${name}`, macro)
    if (form.alias !== undefined) visible.set(`${form.alias}/${name}`, macro)
    if (form.referAll || form.only?.includes(name) === true) visible.set(name, macro)
  }
  return visible
}

/** A module that cannot be loaded is an error when the import runs; while parsing it just has no macros. */
function findQuietly(
  form: Import,
  modules: ModuleTexts,
  importer: string | undefined,
): ModuleFile | undefined {
  try {
    return modules.find(form.module, importer)
  } catch {
    return undefined
  }
}
