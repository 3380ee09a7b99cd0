import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { buildParser } from '@lezer/generator'
import { ExternalTokenizer, type InputStream } from '@lezer/lr'
import { Keyword, RtfsFloat, Timestamp, Uuid } from '@rtfs/core'
import { type Form, readForms } from '@rtfs/parser'
import { describe, expect, test } from 'vitest'
import oniguruma from 'vscode-oniguruma'
import textmate from 'vscode-textmate'
import { programs } from './programs.test-util.js'

const editors = new URL('../editors/', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, editors), 'utf8')

/** Tokens as the reader sees them: what they are and where. */
interface Token {
  readonly kind: 'comment' | 'string' | 'keyword' | 'number' | 'symbol'
  readonly start: number
  readonly end: number
}

function tokensOf(forms: readonly Form[]): readonly Token[] {
  const found: Token[] = []
  const pending = [...forms].reverse()
  while (pending.length > 0) {
    const form = pending.pop()!
    const { start, end } = form
    if (form.kind === 'comment' || form.kind === 'symbol') found.push({ kind: form.kind, start, end })
    else if (form.kind === 'atom') {
      const { value } = form
      if (typeof value === 'string') found.push({ kind: 'string', start, end })
      else if (value instanceof Keyword) found.push({ kind: 'keyword', start, end })
      else if (
        typeof value === 'number' ||
        typeof value === 'bigint' ||
        value instanceof RtfsFloat ||
        value instanceof Timestamp ||
        value instanceof Uuid
      ) {
        found.push({ kind: 'number', start, end })
      }
    } else if ('items' in form) for (let i = form.items.length - 1; i >= 0; i--) pending.push(form.items[i]!)
  }
  return found
}

const texts = [
  ...programs(),
  ['nested comments', '#| a #| b |# c |# (f 1) ; end'],
  ['odd names', "(a:b c#d :e/f:g -x +1 -2.5e3 .m %1 x-> <=> résumé :été '() `(~a ~@b x#))"],
  [
    'literals',
    '2026-01-31T08:00:00.5Z a50e8400-e29b-41d4-a716-446655440000 resource://files/7 "a\\"b;c" ##Inf @ctx',
  ],
] as const
const readable = texts
  .map(([name, text]) => ({ name, text, ...readForms(text, { comments: true }) }))
  .filter(each => each.diagnostics.length === 0)

test('there is something to compare', () => {
  expect(readable.length).toBeGreaterThan(20)
  expect(readable.map(each => each.name)).toContain('literals')
})

describe('TextMate grammar', async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'))
  await oniguruma.loadWASM(wasm)
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: patterns => new oniguruma.OnigScanner(patterns),
      createOnigString: text => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () =>
      textmate.parseRawGrammar(read('vscode/syntaxes/rtfs.tmLanguage.json'), 'rtfs.tmLanguage.json'),
  })
  const grammar = (await registry.loadGrammar('source.rtfs'))!
  const scopes: Readonly<Record<Token['kind'], RegExp>> = {
    comment: /^comment\./,
    string: /^string\.quoted/,
    keyword: /^constant\.other\.keyword/,
    number: /^constant\.numeric/,
    symbol: /^(variable|entity|keyword\.control)/,
  }

  /** The innermost scope at each offset where a token of the grammar starts. */
  function scopesOf(text: string): ReadonlyMap<number, string> {
    const found = new Map<number, string>()
    let state = textmate.INITIAL
    let offset = 0
    for (const line of text.split(/(?<=\n)/)) {
      const { tokens, ruleStack } = grammar.tokenizeLine(line.replace(/\r?\n$/, ''), state)
      for (const { startIndex, scopes: all } of tokens) found.set(offset + startIndex, all.at(-1)!)
      state = ruleStack
      offset += line.length
    }
    return found
  }

  test.each(readable.map(each => [each.name, each] as const))('%s', (_, { text, forms }) => {
    const found = scopesOf(text)
    const wrong = tokensOf(forms)
      .filter(({ kind, start }) => !scopes[kind].test(found.get(start) ?? 'no token'))
      .map(({ kind, start, end }) => `${kind} ${text.slice(start, end)} at ${start}: ${found.get(start)}`)
    expect(wrong).toEqual([])
  })
})

describe('Lezer grammar', async () => {
  const { readBlockComment } = await importTokens()
  const parser = buildParser(read('codemirror/rtfs.grammar'), {
    externalTokenizer: (_, terms) => new ExternalTokenizer(readBlockComment(terms['BlockComment']!)),
  })
  const kinds: Readonly<Record<string, Token['kind']>> = {
    LineComment: 'comment',
    BlockComment: 'comment',
    String: 'string',
    Keyword: 'keyword',
    Number: 'number',
    Special: 'number',
    Instant: 'number',
    Uuid: 'number',
    Symbol: 'symbol',
    TaskContext: 'symbol',
  }

  test.each(readable.map(each => [each.name, each] as const))('%s', (_, { text, forms }) => {
    const found: string[] = []
    parser.parse(text).iterate({
      enter(node) {
        const kind = kinds[node.name]
        if (node.type.isError) found.push(`error at ${node.from}`)
        else if (kind !== undefined) found.push(`${kind} ${text.slice(node.from, node.to)}`)
      },
    })
    const discarded = new Set(found.filter(each => !each.startsWith('error')))
    expect(found.filter(each => each.startsWith('error'))).toEqual([])
    const missing = tokensOf(forms)
      .map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`)
      .filter(each => !discarded.has(each))
    expect(missing).toEqual([])
  })

  test('an open comment goes to the end', () => {
    expect(parser.parse('(a #| b').toString()).toContain('BlockComment')
  })
})

/** The tokenizer without the terms that the generator would have written. */
async function importTokens(): Promise<{ readBlockComment: (term: number) => (input: InputStream) => void }> {
  const source = read('codemirror/tokens.js')
    .replace(/^import .*parser\.terms.*$/m, '')
    .replace(/^import .*$/m, '')
    .replace(/^export const blockComment = .*$/m, '')
  return import(`data:text/javascript,${encodeURIComponent(source)}`)
}

test('the extension names files that exist', () => {
  const { main, contributes } = JSON.parse(read('vscode/package.json'))
  const paths = [main, contributes.languages[0].configuration, contributes.grammars[0].path]
  for (const path of paths) expect(existsSync(new URL(`vscode/${path}`, editors))).toBe(true)
  expect(contributes.languages[0].extensions).toContain('.rtfs')
})
