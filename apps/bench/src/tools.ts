import { parseArgs } from 'node:util'
import { editor } from './tools/editor.js'
import { lines } from './tools/lines.js'
import { start } from './tools/start.js'

/**
 * `main.js tools [--rounds n]`: what a person waits for. A command that starts, lines of `eval --jsonl`, diagnostics after
 * an edit.
 */
export async function tools(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: 'string', default: '15' } } })
  const rounds = Number(values.rounds)
  start(rounds)
  await lines()
  await editor(rounds)
}
