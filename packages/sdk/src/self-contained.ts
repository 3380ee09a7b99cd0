import type { ModuleLoader } from '@rtfs/interfaces'
import { type Expr, hasErrors } from '@rtfs/parser'
import { createRuntime, parseProgram } from '@rtfs/runtime'

/** A program that needs no file but itself. */
export interface SelfContained {
  /** The texts of the imported modules, those that others import first, then the program. */
  readonly text: string
  /** Names of the modules that were put before it. */
  readonly added: readonly string[]
}

/**
 * A program with the modules that it imports from files before it, as modules of its own. They are loaded once to see
 * that they can be: what a module raises when it is loaded is thrown, and so is SecurityViolation for one that needs
 * effects for that. A program without such imports, or one that does not parse, stays as it is.
 */
export function selfContained(
  text: string,
  options: { readonly file?: string | undefined; readonly modules?: ModuleLoader | undefined },
): SelfContained {
  const { modules } = options
  if (modules === undefined) return { text, added: [] }
  const file = options.file === undefined ? {} : { file: options.file }
  const parsed = parseProgram(text, { ...file, modules })
  if (hasErrors(parsed)) return { text, added: [] }
  const texts: string[] = []
  const added: string[] = []
  const known = new Set<string>()
  const add = (forms: readonly Expr[], importer: string | undefined): void => {
    const names = importsOf(forms)
    for (const form of forms) if (form.kind === 'module') known.add(form.name)
    for (const name of names) {
      if (known.has(name)) continue
      const found = modules.load(name, importer)
      if (found === undefined) continue
      known.add(name)
      add(parseProgram(found.text, { file: found.path, modules }).program.forms, found.path)
      texts.push(found.text)
      added.push(name)
    }
  }
  add(parsed.program.forms, options.file)
  if (added.length === 0) return { text, added }
  const loads = added.map(name => `(import ${name})`).join('\n')
  createRuntime({ modules }).runSync(loads, file)
  return { text: `${texts.join('\n')}\n${text}`, added }
}

/** Names of the modules that forms import, also inside modules, in order. */
function importsOf(forms: readonly Expr[]): readonly string[] {
  return forms.flatMap(form => {
    switch (form.kind) {
      case 'import':
        return [form.module]
      case 'module':
        return importsOf(form.forms)
      case 'do':
        return importsOf(form.body)
      default:
        return []
    }
  })
}
