import { Analysis } from './analysis.js'
import { Workspace } from './workspace.js'

/** Analyses texts as if they were open in an editor; the first is the one asked for. */
export function analysed(text: string, others: Readonly<Record<string, string>> = {}) {
  const texts = new Map([['file:///srv/main.rtfs', text], ...Object.entries(others)])
  const workspace = new Workspace(uri => texts.get(uri))
  workspace.folders.push('/srv')
  return { analysis: new Analysis('file:///srv/main.rtfs', text, workspace), workspace }
}

/** A text with its caret, `|`, taken out. */
export function caret(marked: string): { readonly text: string; readonly offset: number } {
  const offset = marked.indexOf('|')
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset }
}
