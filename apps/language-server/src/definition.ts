import type { Span } from '@rtfs/core'
import { Analysis } from './analysis.js'
import { type Binding, bindingAt, holds } from './binding.js'
import type { Workspace } from './workspace.js'

/** A place in a file. */
export interface Place extends Span {
  readonly uri: string
}

/** Looks names of other modules up, each file analysed once for each of its texts. */
export class Modules {
  readonly #workspace: Workspace
  readonly #analyses = new Map<string, Analysis>()

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  /** The analysis of a file as it is now; `undefined` when it cannot be read or understood at all. */
  analysis(uri: string, text = this.#workspace.read(uri)): Analysis | undefined {
    if (text === undefined) return undefined
    const known = this.#analyses.get(uri)
    if (known?.text === text) return known
    try {
      const made = new Analysis(uri, text, this.#workspace)
      this.#analyses.set(uri, made)
      return made
    } catch {
      return undefined
    }
  }

  /** All files of the workspace, and the open ones. */
  *all(open: readonly string[]): Iterable<Analysis> {
    for (const uri of new Set([...open, ...this.#workspace.files()])) {
      const analysis = this.analysis(uri)
      if (analysis !== undefined) yield analysis
    }
  }

  /** The file of a module, seen from another file; one text may hold several modules. */
  fileOf(module: string, from: Analysis): Analysis | undefined {
    if (from.names.bindings.some(each => each.module === module)) return from
    const found = this.#workspace.findModule(module, from.uri)
    return found === undefined ? undefined : this.analysis(found.uri, found.text)
  }

  /** What a module defines; a file without a `module` form is a module as a whole. */
  exportsOf(module: string, from: Analysis): readonly Binding[] {
    const file = this.fileOf(module, from)
    if (file === undefined) return []
    const defined = file.names.bindings.filter(each => each.form !== undefined && each.kind !== 'import')
    const own = defined.filter(each => each.module === module)
    return own.length > 0 ? own : defined.filter(each => each.module === undefined)
  }

  findExport(
    module: string,
    name: string,
    from: Analysis,
  ): { readonly analysis: Analysis; readonly binding: Binding } | undefined {
    const binding = this.exportsOf(module, from).find(each => each.name === name)
    const analysis = this.fileOf(module, from)
    return binding === undefined || analysis === undefined ? undefined : { analysis, binding }
  }

  /** Where the name at an offset is defined, here or in another file. */
  definitionAt(analysis: Analysis, offset: number): Place | undefined {
    const { names } = analysis
    const qualified = names.qualified.find(each => holds(each.span, offset))
    if (qualified !== undefined) return this.#placeOf(qualified.module, qualified.name, analysis)
    const binding = bindingAt(names, offset)
    if (binding?.kind === 'import' && binding.form?.kind === 'import') {
      return (
        this.#placeOf(binding.form.module, binding.name, analysis) ?? { uri: analysis.uri, ...binding.span }
      )
    }
    if (binding !== undefined) return { uri: analysis.uri, ...binding.span }
    const free = names.free.find(each => holds(each.span, offset))
    if (free !== undefined) {
      for (const { module, referAll } of names.imports) {
        const place = referAll ? this.#placeOf(module, free.name, analysis) : undefined
        if (place !== undefined) return place
      }
      return undefined
    }
    const imported = names.imports.find(each => holds(each.span, offset))
    const file = imported && this.fileOf(imported.module, analysis)
    return file && { uri: file.uri, start: 0, end: 0 }
  }

  #placeOf(module: string, name: string, from: Analysis): Place | undefined {
    const found = this.findExport(module, name, from)
    return found && { uri: found.analysis.uri, ...found.binding.span }
  }
}
