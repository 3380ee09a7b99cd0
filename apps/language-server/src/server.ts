import { formatSource } from '@rtfs/parser'
import {
  CodeActionKind,
  type Connection,
  ErrorCodes,
  type InitializeResult,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { type Analysis, analyse } from './analysis.js'
import { bindingAt } from './binding.js'
import { completionsAt } from './completion.js'
import { Modules, type Place } from './definition.js'
import { quickFixes, toLspDiagnostic } from './diagnostics.js'
import { type CachedInL4, hoverAt } from './hover.js'
import { Positions } from './positions.js'
import { RenameRefused, renameAt, renameable } from './rename.js'
import { semanticTokens, tokenTypes } from './semantic-tokens.js'
import { documentSymbols } from './symbols.js'
import { pathOf, Workspace } from './workspace.js'

/** What the server promises an editor. */
const capabilities: InitializeResult['capabilities'] = {
  textDocumentSync: TextDocumentSyncKind.Incremental,
  completionProvider: { triggerCharacters: ['(', ':', '/'] },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  documentSymbolProvider: true,
  documentFormattingProvider: true,
  renameProvider: { prepareProvider: true },
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
  semanticTokensProvider: { legend: { tokenTypes: [...tokenTypes], tokenModifiers: [] }, full: true },
}

/** Wires a language server to a connection. `cachedInL4` says whether the module cache has a function. */
export function serve(connection: Connection, cachedInL4: CachedInL4): void {
  const documents = new TextDocuments(TextDocument)
  const workspace = new Workspace(uri => documents.get(uri)?.getText())
  const modules = new Modules(workspace)

  connection.onInitialize(({ workspaceFolders, rootUri }) => {
    const uris =
      workspaceFolders?.map(each => each.uri) ?? (rootUri === null || rootUri === undefined ? [] : [rootUri])
    workspace.folders.push(...uris.flatMap(uri => pathOf(uri) ?? []))
    return { capabilities, serverInfo: { name: 'rtfs' } }
  })

  documents.onDidChangeContent(({ document }) => {
    const { uri, version } = document
    const text = document.getText()
    const analysis = modules.analysis(uri, text) ?? analyse(uri, text, workspace)
    const found = 'diagnostics' in analysis ? analysis.diagnostics : [analysis]
    const positions = new Positions(text)
    void connection.sendDiagnostics({
      uri,
      version,
      diagnostics: found.map(each => toLspDiagnostic(uri, each, positions)),
    })
  })
  documents.onDidClose(({ document: { uri } }) => void connection.sendDiagnostics({ uri, diagnostics: [] }))

  /** The document of a request with its analysis and the offset that is asked about. */
  function at({ textDocument: { uri }, position }: PositionParams) {
    const analysis = modules.analysis(uri)
    if (analysis === undefined) return undefined
    const positions = new Positions(analysis.text)
    return { uri, analysis, positions, offset: position === undefined ? 0 : positions.offsetAt(position) }
  }
  function locationOf({ uri, start, end }: Place) {
    const text = workspace.read(uri) ?? ''
    return { uri, range: new Positions(text).rangeOf({ start, end }) }
  }
  const openUris = () => documents.all().map(each => each.uri)

  connection.onHover(async params => {
    const asked = at(params)
    if (asked === undefined) return null
    const { analysis, positions, offset } = asked
    const find = (module: string, name: string) => modules.findExport(module, name, analysis)
    const hover = await hoverAt(analysis, offset, find, cachedInL4)
    if (hover === undefined) return null
    return { contents: { kind: 'markdown', value: hover.markdown }, range: positions.rangeOf(hover) }
  })
  connection.onCompletion(params => {
    const asked = at(params)
    if (asked === undefined) return []
    return [
      ...completionsAt(asked.analysis, asked.offset, module => modules.exportsOf(module, asked.analysis)),
    ]
  })
  connection.onDefinition(params => {
    const asked = at(params)
    const place = asked && modules.definitionAt(asked.analysis, asked.offset)
    return place === undefined ? null : locationOf(place)
  })
  connection.onReferences(params => {
    const asked = at(params)
    return asked === undefined ? [] : usesOf(asked.analysis, asked.offset).map(locationOf)
  })
  connection.onDocumentHighlight(params => {
    const asked = at(params)
    const binding = asked && bindingAt(asked.analysis.names, asked.offset)
    if (asked === undefined || binding === undefined) return []
    return [binding.span, ...binding.references].map(span => ({ range: asked.positions.rangeOf(span) }))
  })
  connection.onDocumentSymbol(params => {
    const asked = at(params)
    return asked === undefined ? [] : documentSymbols(asked.analysis, asked.positions)
  })
  connection.onPrepareRename(params => {
    const asked = at(params)
    const span = asked && renameable(asked.analysis, asked.offset)
    return span === undefined ? null : asked!.positions.rangeOf(span)
  })
  connection.onRenameRequest(params => {
    const asked = at(params)
    if (asked === undefined) return null
    try {
      const edits = renameAt(asked.analysis, asked.offset, params.newName, () => modules.all(openUris()))
      const changes: Record<string, { range: ReturnType<typeof locationOf>['range']; newText: string }[]> = {}
      for (const edit of edits) {
        const { uri, range } = locationOf(edit)
        changes[uri] = [...(changes[uri] ?? []), { range, newText: edit.text }]
      }
      return { changes }
    } catch (error) {
      if (!(error instanceof RenameRefused)) throw error
      return new ResponseError(ErrorCodes.InvalidRequest, error.message)
    }
  })
  connection.onCodeAction(({ textDocument: { uri }, range }) => {
    const asked = at({ textDocument: { uri } })
    if (asked === undefined) return []
    const touched = { start: asked.positions.offsetAt(range.start), end: asked.positions.offsetAt(range.end) }
    return [...quickFixes(uri, asked.analysis.diagnostics, asked.positions, touched)]
  })
  connection.onDocumentFormatting(params => {
    const asked = at(params)
    if (asked === undefined) return []
    const { text } = asked.analysis
    const newText = formatSource(text)
    return newText === text
      ? []
      : [{ range: asked.positions.rangeOf({ start: 0, end: text.length }), newText }]
  })
  connection.languages.semanticTokens.on(params => {
    const asked = at(params)
    return asked === undefined ? { data: [] } : semanticTokens(asked.analysis, asked.positions)
  })

  /** All places of a name, in other files where it is exported. */
  function usesOf(analysis: Analysis, offset: number): readonly Place[] {
    const definition = modules.definitionAt(analysis, offset)
    const home = definition && modules.analysis(definition.uri)
    const binding = home && bindingAt(home.names, definition.start)
    if (home === undefined || binding === undefined) return []
    const here = [binding.span, ...binding.references].map(span => ({ uri: home.uri, ...span }))
    if (binding.module === undefined) return here
    const elsewhere: Place[] = []
    for (const other of modules.all(openUris())) {
      if (other.uri === home.uri) continue
      for (const { module, name, span } of other.names.qualified) {
        if (module === binding.module && name === binding.name) elsewhere.push({ uri: other.uri, ...span })
      }
    }
    return [...here, ...elsewhere]
  }

  documents.listen(connection)
  connection.listen()
}

interface PositionParams {
  readonly textDocument: { readonly uri: string }
  readonly position?: { readonly line: number; readonly character: number }
}
