import { Keyword } from '@rtfs/core'
import type { Form } from '@rtfs/parser'
import { definitions } from '@rtfs/stdlib'
import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver'
import type { Analysis } from './analysis.js'
import type { Binding } from './binding.js'

/** The special forms of the language, with how they are written. */
const specialForms: Readonly<Record<string, string>> = {
  and: '(and form*)',
  call: '(call :capability arg*)',
  case: '(case x constant form … default?)',
  cond: '(cond test form …)',
  def: '(def name form)',
  defmacro: '(defmacro name [params] form*)',
  defn: '(defn name [params] form*)',
  deftest: '(deftest name form*)',
  deftype: '(deftype Name type)',
  do: '(do form*)',
  dotimes: '(dotimes [i n] form*)',
  fn: '(fn [params] form*)',
  for: '(for [x xs :when test] form)',
  if: '(if test then else?)',
  'if-let': '(if-let [name form] then else?)',
  import: '(import module :as alias)',
  is: '(is form message?)',
  let: '(let [name form …] form*)',
  loop: '(loop [name form …] form*)',
  match: '(match x pattern form …)',
  module: '(module name (:exports [name …]) form*)',
  or: '(or form*)',
  parallel: '(parallel [name form] …)',
  quote: '(quote form)',
  recur: '(recur arg*)',
  step: '(step "name" form*)',
  the: '(the type form)',
  throw: '(throw form)',
  try: '(try form* (catch pattern name form*) (finally form*))',
  when: '(when test form*)',
  'with-resource': '(with-resource [name type form] form*)',
}

const kinds: Readonly<Record<Binding['kind'], CompletionItemKind>> = {
  local: CompletionItemKind.Variable,
  parameter: CompletionItemKind.Variable,
  global: CompletionItemKind.Constant,
  function: CompletionItemKind.Function,
  macro: CompletionItemKind.Snippet,
  type: CompletionItemKind.Class,
  import: CompletionItemKind.Reference,
}

/** What can stand at an offset: names in scope, of imported modules, of the library; keywords of the text. */
export function completionsAt(
  analysis: Analysis,
  offset: number,
  exportsOf: (module: string) => readonly Binding[],
): readonly CompletionItem[] {
  const typed = /[^\s()[\]{}"'`~,;^]*$/.exec(analysis.text.slice(Math.max(0, offset - 200), offset))![0]
  if (typed.startsWith(':')) return keywordsOf(analysis.forms).map(toKeyword)
  const slash = typed.indexOf('/')
  if (slash > 0) {
    const qualifier = typed.slice(0, slash)
    const imported = analysis.names.imports.find(each => (each.alias ?? each.module) === qualifier)
    if (imported !== undefined) {
      return exportsOf(imported.module).map(each => ({
        ...toItem(analysis, each),
        label: `${qualifier}/${each.name}`,
      }))
    }
  }
  const seen = new Set<string>()
  const items: CompletionItem[] = []
  const add = (item: CompletionItem) => {
    if (seen.has(item.label)) return
    seen.add(item.label)
    items.push(item)
  }
  // Inner scopes first, so that a shadowed name is not offered.
  const visible = analysis.names.bindings
    .filter(({ scope }) => scope.start <= offset && offset <= scope.end)
    .sort((a, b) => a.scope.end - a.scope.start - (b.scope.end - b.scope.start))
  for (const binding of visible) add(toItem(analysis, binding))
  for (const { module, alias } of analysis.names.imports) {
    for (const each of exportsOf(module)) {
      add({ ...toItem(analysis, each), label: `${alias ?? module}/${each.name}` })
    }
  }
  for (const [label, detail] of Object.entries(specialForms)) {
    add({ label, detail, kind: CompletionItemKind.Keyword })
  }
  for (const { name, aliases, signature, doc } of definitions()) {
    for (const label of [name, ...aliases]) {
      add({ label, detail: signature, documentation: doc, kind: CompletionItemKind.Function })
    }
  }
  return items
}

function toItem(analysis: Analysis, { name, kind, module }: Binding): CompletionItem {
  const info = analysis.functions.find(each => each.name === name && each.module === module)
  return {
    label: name,
    kind: kinds[kind],
    ...(info === undefined ? {} : { detail: info.signature }),
    ...(info?.lambda.doc === undefined ? {} : { documentation: info.lambda.doc }),
  }
}

function toKeyword(name: string): CompletionItem {
  return { label: `:${name}`, kind: CompletionItemKind.EnumMember, filterText: `:${name}` }
}

function keywordsOf(forms: readonly Form[]): readonly string[] {
  const found = new Set<string>()
  const pending = [...forms]
  while (pending.length > 0) {
    const form = pending.pop()!
    if (form.kind === 'atom' && form.value instanceof Keyword) found.add(form.value.name)
    else if ('items' in form) for (const each of form.items) pending.push(each)
  }
  return [...found].sort()
}
