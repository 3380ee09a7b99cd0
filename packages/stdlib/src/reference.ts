import { arityText } from './arity.js'
import type { BuiltinDefinition } from './builtin.js'
import { sections } from './table.js'

/** The documentation of the library in Markdown, made from the table: every function with type, text and examples. */
export function libraryReference(): string {
  const parts = sections().map(
    ({ title, definitions }) => `## ${title}\n\n${definitions.map(entry).join('\n')}`,
  )
  return ['# Standard library\n', ...parts].join('\n')
}

function entry(definition: BuiltinDefinition): string {
  const { name, aliases, arity, signature, capabilities, section, doc, examples } = definition
  const facts = [`Takes ${argumentText(arityText(arity))}`, `section ${section}`]
  if (aliases.length > 0) facts.push(`also ${aliases.map(alias => `\`${alias}\``).join(', ')}`)
  if (capabilities.length > 0) facts.push(`needs ${capabilities.map(id => `\`${id}\``).join(', ')}`)
  const lines = examples.map(({ source, expect }) => `${source} ; => ${expect}`)
  return [
    `### \`${name}\`\n`,
    `\`${signature}\`\n`,
    `${doc}\n`,
    `${facts.join('; ')}.\n`,
    '```clojure',
    ...lines,
    '```\n',
  ].join('\n')
}

function argumentText(arity: string): string {
  if (arity === '0') return 'no arguments'
  return arity === '1' ? '1 argument' : `${arity} arguments`
}
