import { createRequire } from 'node:module'
import { parser as lezerParser } from '@nextjournal/lezer-clojure'
import { hasErrors, parse, readForms } from '@rtfs/parser'
import { parseEDNString } from 'edn-data'
import { Language, Parser } from 'web-tree-sitter'
import { versionOf } from '../peers/peer.js'
import { jsonText, programText } from './source-text.js'

/** Something that parses. */
export interface ParserPeer {
  readonly name: string
  /** The text of so many characters that it parses. */
  readonly textOf: (size: number) => string
  /** How many top-level forms it finds in a text; throws when it does not understand all of it. */
  readonly check: (text: string) => number
  /** What is measured. */
  readonly parse: (text: string) => unknown
}

/** The parsers by the name that `--peers` takes; each is loaded in a process of its own. */
export const parserPeers: Readonly<Record<string, () => Promise<ParserPeer>>> = {
  parse: async () => ({
    name: 'RTFS parse',
    textOf: programText,
    check(text) {
      const result = parse(text)
      if (hasErrors(result)) throw new Error(result.diagnostics[0]?.message)
      return result.program.forms.length
    },
    parse,
  }),
  forms: async () => ({
    name: 'RTFS readForms',
    textOf: programText,
    check(text) {
      const result = readForms(text)
      if (hasErrors(result)) throw new Error(result.diagnostics[0]?.message)
      return result.forms.length
    },
    parse: readForms,
  }),
  json: async () => ({
    name: `JSON.parse, Node ${process.versions.node}`,
    textOf: jsonText,
    check: text => (JSON.parse(text) as unknown[]).length,
    parse: text => JSON.parse(text),
  }),
  edn: async () => ({
    name: `edn-data ${versionOf('edn-data')}`,
    // It reads one value.
    textOf: size => `[${programText(size)}]`,
    check: text => (parseEDNString(text) as unknown[]).length,
    parse: text => parseEDNString(text),
  }),
  lezer: async () => ({
    name: `lezer-clojure ${versionOf('@nextjournal/lezer-clojure')}, lr ${versionOf('@lezer/lr')}`,
    textOf: programText,
    check: text => countNodes(lezerParser.parse(text)),
    parse: text => lezerParser.parse(text),
  }),
  'tree-sitter': treeSitter,
}

function countNodes(tree: ReturnType<typeof lezerParser.parse>): number {
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw new Error(`lezer-clojure does not understand the text at ${from}`)
    },
  })
  let count = 0
  for (let node = tree.topNode.firstChild; node !== null; node = node.nextSibling) {
    if (!node.name.includes('Comment')) count++
  }
  return count
}

async function treeSitter(): Promise<ParserPeer> {
  await Parser.init()
  const require = createRequire(import.meta.url)
  const grammar = '@cursorless/tree-sitter-wasms'
  const parser = new Parser()
  parser.setLanguage(await Language.load(require.resolve(`${grammar}/out/tree-sitter-clojure.wasm`)))
  return {
    name: `web-tree-sitter ${versionOf('web-tree-sitter')}, ${grammar} ${versionOf(grammar)}`,
    textOf: programText,
    check(text) {
      const tree = parser.parse(text)!
      if (tree.rootNode.hasError) throw new Error('tree-sitter does not understand the text')
      const forms = tree.rootNode.namedChildren.filter(node => node?.type !== 'comment')
      tree.delete()
      return forms.length
    },
    parse: text => parser.parse(text)!.delete(),
  }
}
