import { join } from 'node:path'
import { emitKeypressEvents } from 'node:readline'
import { createFileModuleLoader } from '@rtfs/sdk/files'
import { builtins } from '@rtfs/stdlib'
import { openReach } from '../capabilities/reach.js'
import { directoryOf } from '../directory.js'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { grantOf, limitsOf, type RunFlags, tierOf } from '../flags.js'
import { interruptible } from '../interrupt.js'
import type { Io } from '../io.js'
import { readLines } from '../jsonl/lines.js'
import { complete } from '../repl/completion.js'
import { aboutName, specialForms } from '../repl/documentation.js'
import { createHighlighter } from '../repl/highlight.js'
import { openHistory } from '../repl/history.js'
import { type Entry, type Key, LineEditor } from '../repl/line-editor.js'
import { ReplPrompt } from '../repl/prompt.js'
import { replCommands } from '../repl/repl-commands.js'
import { ReplSession } from '../repl/repl-session.js'
import { structureOf } from '../repl/structure.js'

/** A session at a prompt; where nobody sits at a terminal, forms are read, run and their values printed. */
export async function replCommand(
  file: string | undefined,
  flags: RunFlags,
  io: Io,
  terminal: NodeJS.ReadStream | undefined = process.stdin,
): Promise<ExitCode> {
  const { waits, ...reach } = await openReach((flags.allow ?? []).map(grantOf), {
    sink: io.out,
    cwd: io.cwd,
    env: io.env,
    dir: directoryOf(flags, io),
    offline: flags.offline === true,
  })
  const isTyped = terminal?.isTTY === true && io.outIsTerminal
  const isEdited = isTyped && io.env['TERM'] !== 'dumb'
  const session = new ReplSession({
    around: isEdited ? work => interruptible(() => withSignals(terminal, work)) : interruptible,
    runtime: { ...reach, modules: createFileModuleLoader({ cwd: io.cwd, entry: file }) },
    waits,
    limits: limitsOf(flags),
    tier: tierOf(flags.tier),
  })
  await session.reset()
  const highlight = io.color ? createHighlighter(name => specialForms.has(name)) : undefined
  const columns = io.outIsTerminal ? () => process.stdout.columns || 80 : undefined
  const prompt = new ReplPrompt({ io, session, highlight, columns })
  if (file !== undefined) await prompt.run(`:load ${file}`)
  if (!isTyped) return readForms(prompt, io, false)
  io.out('RTFS. :help lists what can be done, Ctrl-D ends.\n')
  if (!isEdited) return readForms(prompt, io, true)
  const history = openHistory(join(directoryOf(flags, io), 'repl-history'), problem => io.err(`${problem}\n`))
  const editor = new LineEditor({
    terminal: {
      write: io.out,
      size: () => ({ columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 }),
    },
    history,
    highlight,
    complete: (text, cursor) => complete(text, cursor, sourcesOf(session)),
    prompt: 'rtfs> ',
    continuation: '  ... ',
    suspend: () => {
      terminal.setRawMode(false)
      process.kill(process.pid, 'SIGTSTP')
      terminal.setRawMode(true)
    },
  })
  return converse(editor, prompt, history.add, terminal, io)
}

/**
 * While a form is evaluated, Ctrl-C is a signal: the one thing that reaches code which never waits. At all other times
 * it is a key, so that no signal comes when nobody watches for it.
 */
function withSignals<T>(terminal: NodeJS.ReadStream, work: () => T): T {
  terminal.setRawMode(false)
  try {
    return work()
  } finally {
    terminal.setRawMode(true)
  }
}

function sourcesOf(session: ReplSession) {
  return {
    *names(prefix: string) {
      for (const name of [...session.names(), ...specialForms.keys(), ...builtins().keys()]) {
        if (name.startsWith(prefix)) yield { name, about: aboutName(name, session) }
      }
    },
    *keywords() {
      for (const name of session.keywords()) yield { name, about: '' }
    },
    *commands() {
      for (const [name, { takes, about }] of replCommands) yield { name, about: `${takes} ${about}`.trim() }
    },
  }
}

/** Reads entries from a terminal until it is enough. */
async function converse(
  editor: LineEditor,
  prompt: ReplPrompt,
  remember: (entry: string) => void,
  terminal: NodeJS.ReadStream,
  io: Io,
): Promise<ExitCode> {
  const keys: Key[] = []
  let wake: (() => void) | undefined
  let isReading = false
  emitKeypressEvents(terminal)
  const onKey = (sequence: string | undefined, key: Key): void => {
    if (!isReading && key.ctrl === true && key.name === 'c') {
      prompt.interrupt()
      return
    }
    keys.push({ ...key, sequence: key.sequence ?? sequence })
    wake?.()
  }
  const onResize = (): void => {
    if (isReading) editor.paint()
  }
  const onInterrupt = (): void => prompt.interrupt()
  process.removeAllListeners('SIGINT').on('SIGINT', onInterrupt)
  terminal.on('keypress', onKey)
  terminal.on('end', () => onKey(undefined, { name: 'd', ctrl: true }))
  process.stdout.on('resize', onResize)

  async function read(): Promise<Entry> {
    io.out('\u001b[?2004h')
    editor.start()
    isReading = true
    try {
      for (;;) {
        for (let key = keys.shift(); key !== undefined; key = keys.shift()) {
          const entry = editor.key(key)
          if (entry !== undefined) return entry
        }
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    } finally {
      isReading = false
      io.out('\u001b[?2004l')
    }
  }

  terminal.setRawMode(true)
  terminal.resume()
  let cancelled = false
  try {
    while (!prompt.isOver) {
      const entry = await read()
      if (entry.kind === 'end') break
      if (entry.kind === 'cancelled') {
        if (entry.wasEmpty && cancelled) return exitCodes.interrupted
        if (entry.wasEmpty) io.out('(Ctrl-C again, Ctrl-D or :quit ends)\n')
        cancelled = entry.wasEmpty
        continue
      }
      cancelled = false
      remember(entry.text)
      if (entry.text.trim() !== '') await prompt.run(entry.text)
    }
    return exitCodes.done
  } finally {
    terminal.setRawMode(false)
    terminal.pause()
    terminal.off('keypress', onKey)
    process.stdout.off('resize', onResize)
  }
}

/** Reads lines and runs forms as they become whole; a prompt only where somebody reads it. */
async function readForms(prompt: ReplPrompt, io: Io, prompts: boolean): Promise<ExitCode> {
  let worst: ExitCode = prompt.code
  let pending = ''
  const ask = (): void => {
    if (prompts) io.out(pending === '' ? 'rtfs> ' : '  ... ')
  }
  const run = async (): Promise<void> => {
    const entry = pending
    pending = ''
    if (entry.trim() === '') return
    prompt.code = exitCodes.done
    await prompt.run(entry)
    if (worst === exitCodes.done) worst = prompt.code
  }
  ask()
  for await (const line of readLines(io.input())) {
    if ('problem' in line) {
      io.err(`${line.problem}\n`)
      worst = exitCodes.invalid
      continue
    }
    pending = pending === '' ? line.text : `${pending}\n${line.text}`
    if (structureOf(pending).complete) await run()
    if (prompt.isOver) break
    ask()
  }
  await run()
  return prompts ? exitCodes.done : worst
}
