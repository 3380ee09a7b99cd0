import {
  type Defmacro,
  type Import,
  type MacroEvaluator,
  type ParseOptions,
  type ParseResult,
  parse,
} from '@rtfs/parser'
import { exportedMacros, type MacroModule, macroModules } from './exported-macros.js'

/** Where the macros of imported modules come from. */
export interface ModuleTexts {
  find(name: string, importer: string | undefined): MacroModule | undefined
}

/** Options of `parseText`. */
export interface ParseTextOptions extends Omit<ParseOptions, 'evaluator' | 'importMacros'> {
  readonly evaluator: MacroEvaluator
  readonly modules: ModuleTexts | undefined
  /** Modules of earlier texts of the session that show macros. */
  readonly knownModules?: ReadonlyMap<string, MacroModule>
}

/** What `parseText` understood. */
export interface ParsedText extends ParseResult {
  /** Modules of this text, and of those before it, that show macros. */
  readonly knownModules: ReadonlyMap<string, MacroModule>
}

/**
 * Parses a text with its macros expanded, those of imported modules too. The macros of a module form in the text
 * itself are there only when it has been parsed: then it is parsed once more.
 */
export function parseText(text: string, options: ParseTextOptions): ParsedText {
  const { modules, knownModules = new Map<string, MacroModule>(), ...rest } = options
  const parseWith = (known: ReadonlyMap<string, MacroModule>) =>
    parse(text, {
      ...rest,
      importMacros: form => macrosOf(form, moduleOf(form, known, modules, options.file)),
    })
  const parsed = parseWith(knownModules)
  const own = macroModules(parsed.program.forms)
  if (own.size === 0) return { ...parsed, knownModules }
  const known = new Map([...knownModules, ...own])
  return { ...parseWith(known), knownModules: known }
}

/** The macros an import makes visible, under the names they are called by (LANGUAGE §8, §12.2). */
function macrosOf(form: Import, module: MacroModule | undefined): ReadonlyMap<string, Defmacro> {
  const visible = new Map<string, Defmacro>()
  if (module === undefined) return visible
  for (const [name, macro] of exportedMacros(module)) {
    visible.set(`${form.module}/${name}`, macro)
    if (form.alias !== undefined) visible.set(`${form.alias}/${name}`, macro)
    if (form.referAll || form.only?.includes(name) === true) visible.set(name, macro)
  }
  return visible
}

/** A module that cannot be loaded is an error when the import runs; while parsing it just has no macros. */
function moduleOf(
  form: Import,
  known: ReadonlyMap<string, MacroModule>,
  modules: ModuleTexts | undefined,
  importer: string | undefined,
): MacroModule | undefined {
  try {
    return known.get(form.module) ?? modules?.find(form.module, importer)
  } catch {
    return undefined
  }
}
