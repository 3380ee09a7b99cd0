import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatValue, isRtfsError } from '../packages/core/src/index.js'
import { createRuntime, RtfsParseError, type Session } from '../packages/runtime/src/index.js'
import { readJson, root, workspacePackages } from './workspace.js'

/*
 * The code blocks of the READMEs and of docs/ do what they say.
 *
 * - `js`, `ts`: run as a module of its own against the built packages. Where a block has `// => text` comments, they
 *   are together what it prints, a line each.
 * - `clojure`, `rtfs`: parse. `;; => value` or `;; => ! Kind` behind an expression (`! P001` for a text that does not
 *   parse) is what it gives, in the evaluator and as the runtime chooses; definitions hold for the rest of the block.
 * - `sh`, `console`: name scripts, packages and commands that exist; nothing is run but the transcripts of README.md:
 *   a `console` block whose `$ rtfs …` lines are run in a fresh directory beside a copy of examples/, and whose other
 *   lines are what they print. `…` stands for what varies in a line.
 * - `text`, `mermaid`, `json` are for people. A block with another language, or with none, fails.
 */

interface Block {
  readonly language: string
  readonly text: string
  /** `README.md:12`: where the block begins. */
  readonly place: string
}

const forPeople = ['text', 'mermaid', 'json', 'toml']
const blocks = documents().flatMap(blocksOf)

function inLanguages(...languages: readonly string[]): readonly (readonly [string, Block])[] {
  return blocks.filter(({ language }) => languages.includes(language)).map(block => [block.place, block])
}

function documents(): readonly string[] {
  const packages = workspacePackages.map(({ path }) => `${path}/README.md`)
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name.split(sep).join('/')}`)
    .sort()
  const others = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'examples/README.md']
  return [...others, ...packages, ...docs].filter(path => existsSync(join(root, path)))
}

function blocksOf(path: string): readonly Block[] {
  const found: Block[] = []
  let open: { readonly indent: string; readonly language: string; readonly line: number } | undefined
  let lines: string[] = []
  for (const [index, line] of readFileSync(join(root, path), 'utf8').split('\n').entries()) {
    const fence = /^( *)```(.*)$/.exec(line)
    if (fence === null) {
      if (open !== undefined) lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line)
    } else if (open === undefined) {
      open = { indent: fence[1]!, language: fence[2]!.trim(), line: index + 1 }
      lines = []
    } else {
      found.push({ language: open.language, text: lines.join('\n'), place: `${path}:${open.line}` })
      open = undefined
    }
  }
  if (open !== undefined) throw new Error(`${path}:${open.line}: the code block has no end`)
  return found
}

test('every block says what it is', () => {
  const known = ['js', 'ts', 'clojure', 'rtfs', 'sh', 'console', ...forPeople]
  expect(blocks.filter(({ language }) => !known.includes(language)).map(({ place }) => place)).toEqual([])
})

describe('JavaScript', () => {
  const directory = join(root, 'node_modules', '.cache', 'rtfs', 'snippets')

  beforeAll(() => {
    rmSync(directory, { recursive: true, force: true })
    for (const { manifest, directory: target } of workspacePackages) {
      const link = join(directory, 'node_modules', manifest.name)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(target, link, 'junction')
    }
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  test.each(inLanguages('js', 'ts'))('%s', async (place, { language, text }) => {
    const own = join(directory, place.replaceAll(/[^\w.-]/g, '-'))
    mkdirSync(own)
    const { code } = await transform(text, { loader: language === 'ts' ? 'ts' : 'js', format: 'esm' })
    writeFileSync(join(own, 'snippet.mjs'), code)
    const env = { ...process.env, RTFS_HOME: join(own, 'home'), NO_COLOR: '1' }
    const { stdout } = await promisify(execFile)(process.execPath, ['snippet.mjs'], { cwd: own, env })
    const expected = [...text.matchAll(/\/\/ => (.*)$/gm)].map(match => match[1]!.trim())
    if (expected.length > 0)
      expect(
        stdout
          .trim()
          .split('\n')
          .map(line => line.trim()),
      ).toEqual(expected)
  })
})

describe('RTFS', () => {
  test.each(inLanguages('clojure', 'rtfs'))('%s', (_, { text }) => {
    for (const tier of ['ast', 'auto'] as const) {
      const session = createRuntime().session()
      const said: string[] = []
      const got: string[] = []
      let pending: string[] = []
      for (const line of text.split('\n')) {
        const expectation = /^(.*?);+ => (.*)$/.exec(line)
        pending.push(expectation === null ? line : expectation[1]!)
        if (expectation === null) continue
        const source = pending.join('\n').trim()
        pending = []
        said.push(`${source} => ${expectation[2]!.trim()}`)
        got.push(`${source} => ${outcome(session, source, tier)}`)
      }
      expect(got).toEqual(said)
      expect(session.parse(pending.join('\n')).diagnostics.filter(each => each.severity === 'error')).toEqual(
        [],
      )
    }
  })

  function outcome(session: Session, source: string, tier: 'ast' | 'auto'): string {
    try {
      return formatValue(session.runSync(source, { tier }).value)
    } catch (error) {
      if (error instanceof RtfsParseError) return `! ${error.diagnostics[0]!.code}`
      if (isRtfsError(error)) return `! ${error.code}`
      throw error
    }
  }
})

describe('shell', () => {
  const { scripts, devDependencies } = readJson<{
    readonly scripts: Record<string, string>
    readonly devDependencies: Record<string, string>
  }>(join(root, 'package.json'))
  const packages = workspacePackages.map(({ manifest }) => manifest.name)
  const everyday = ['alias', 'cat', 'cd', 'echo', 'export', 'git', 'mkdir', 'tail']

  test.each(inLanguages('sh', 'console'))('%s', (_, { language, text }) => {
    expect(commandsIn(text, language === 'console').filter(words => !exists(words))).toEqual([])
  })

  /** The commands of a block, as words; in a `console` block those behind a `$`. */
  function commandsIn(text: string, prompted: boolean): readonly (readonly string[])[] {
    return text
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter(line => (prompted ? line.startsWith('$ ') : !/^\s*(#|$)/.test(line)))
      .flatMap(line => withoutQuoted(line.replace(/^\$ /, '')).split(/\s(?:&&|\|)\s/))
      .map(command =>
        command
          .trim()
          .replace(/\s+#.*$/, '')
          .split(/\s+/),
      )
      .map(words => words.slice(words.findIndex(word => !/^\w+=/.test(word))))
  }

  function withoutQuoted(line: string): string {
    return line.replaceAll(/'[^']*'|"(?:\\.|[^"])*"/g, '_')
  }

  function exists([command, ...args]: readonly string[]): boolean {
    const [first, second] = args.filter(word => !word.startsWith('-'))
    switch (command) {
      case 'npm':
      case 'pnpm':
        if (first === 'run') return second !== undefined && second in scripts
        if (first === 'install' || first === 'add' || first === 'ci') {
          const names = args.filter(word => word.startsWith('@rtfs/') || word === 'rtfs')
          return names.every(name => packages.includes(name))
        }
        if (first === 'exec') return second !== undefined && isCommand(second, args.slice(2))
        return first !== undefined && first in scripts
      case 'npx':
        return first !== undefined && isCommand(first, args.slice(args.indexOf(first) + 1))
      case 'node':
        return first !== undefined && existsSync(join(root, first))
      default:
        return command !== undefined && (everyday.includes(command) || isCommand(command, args))
    }
  }

  /** Commands of the development dependencies, and `rtfs` with one of its own commands. */
  function isCommand(name: string, args: readonly string[]): boolean {
    if (name !== 'rtfs')
      return Object.keys(devDependencies).some(each => each === name || each.startsWith(`@${name}`))
    const command = args.find(word => !word.startsWith('-'))
    if (command === undefined) return args.length > 0
    const sources = readdirSync(join(root, 'apps/cli/src/commands')).map(file => file.replace(/\.ts$/, ''))
    return sources.some(each => each === command || each.startsWith(`${command}-`))
  }
})

describe.skipIf(process.platform === 'win32')('transcript', () => {
  const transcripts = inLanguages('console').filter(([place]) => place.startsWith('README.md:'))

  test('there is one', () => expect(transcripts).not.toEqual([]))

  test.each(transcripts)(
    '%s',
    async (_, { text }) => {
      const directory = mkdtempSync(join(tmpdir(), 'rtfs-transcript-'))
      try {
        cpSync(join(root, 'examples'), join(directory, 'examples'), { recursive: true })
        const command = join(directory, 'bin', 'rtfs')
        mkdirSync(dirname(command))
        const main = join(root, 'apps/cli/dist/main.cjs')
        writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, { mode: 0o755 })
        const env = {
          ...process.env,
          PATH: `${dirname(command)}:${process.env['PATH']}`,
          RTFS_HOME: join(directory, 'home'),
          NO_COLOR: '1',
        }
        for (const [line = '', ...said] of text
          .split(/^\$ /m)
          .slice(1)
          .map(part => part.trimEnd().split('\n'))) {
          const printed = await promisify(execFile)('sh', ['-c', `exec 2>&1; ${line}`], {
            cwd: directory,
            env,
          }).catch((failed: { readonly stdout: string }) => failed)
          const got = printed.stdout.trimEnd().split('\n')
          expect([`$ ${line}`, ...got.map((each, index) => masked(each, said[index]))]).toEqual([
            `$ ${line}`,
            ...said,
          ])
        }
      } finally {
        rmSync(directory, { recursive: true, force: true })
      }
    },
    60_000,
  )

  /** The line of the transcript when `…` in it accounts for all that differs. */
  function masked(got: string, said: string | undefined): string {
    if (said?.includes('…') !== true) return got
    const parts = said.split('…').map(part => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    return new RegExp(`^${parts.join('.+')}$`).test(got) ? said : got
  }
})
