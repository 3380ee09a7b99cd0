import type { ImportNode, ModuleNode, QualifiedRefNode } from '@rtfs/ir'
import { readQualified } from '../shared/names.js'
import type { Code } from './code.js'
import { compileForms } from './compile.js'
import { placed } from './placed.js'
import { type Scope, siteOf } from './scope.js'

/** `m/name`. */
export function compileQualifiedRef(node: QualifiedRefNode, scope: Scope): Code {
  const { unit, machine } = scope
  const site = siteOf(node, scope)
  const name = `${node.module}/${node.name}`
  return () => placed(site, () => readQualified(name, unit, machine.services))
}

export function compileImport(node: ImportNode, scope: Scope): Code {
  const { unit, machine } = scope
  const site = siteOf(node, scope)
  return () => {
    placed(site, () => machine.services.modules.import(node, unit))
    return null
  }
}

/** A module form: its body runs in a frame of its own, for which it is compiled when it runs. */
export function compileModule(node: ModuleNode, scope: Scope): Code {
  const { unit, machine } = scope
  const site = siteOf(node, scope)
  return () =>
    placed(site, () =>
      machine.services.modules.define(
        {
          name: node.name,
          doc: node.doc,
          exports: node.exports,
          privates: node.privates,
          run: frame => {
            for (const name of node.globals) frame.declare(name)
            compileForms(node.body, { machine, unit: frame })()
          },
        },
        unit,
      ),
    )
}
