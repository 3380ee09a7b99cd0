import { expect, test } from 'vitest'
import { invoke } from './invoke.test-util.js'

const commands = [
  'run',
  'eval',
  'repl',
  'check',
  'fix',
  'fmt',
  'test',
  'compile',
  'l4',
  'keys',
  'doctor',
  'completion',
]

test.each(commands)('%s has help with examples', async name => {
  const { code, out } = await invoke([name, '--help'])
  expect(code).toBe(0)
  expect(out).toContain('Examples:')
  expect(out).toContain(`$ rtfs ${name}`)
})

const l4Commands =
  'publish find call ls show verify stats revoke search gc pin unpin export import resign reindex recompile'.split(
    ' ',
  )

test.each(l4Commands)('l4 %s has help with examples', async name => {
  const { code, out } = await invoke(['l4', name, '--help'])
  expect(code).toBe(0)
  expect(out).toContain(`$ rtfs l4 ${name}`)
  expect(out).toContain('--offline')
})

test('help names every command', async () => {
  const { code, out } = await invoke(['--help'])
  expect(code).toBe(0)
  for (const name of commands) expect(out).toContain(`  ${name}`)
})

test('--version prints the version and nothing else', async () => {
  expect(await invoke(['--version'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  })
})

test('an unknown command is wrong usage and names those that exist', async () => {
  const { code, out, err } = await invoke(['frobnicate'])
  expect(code).toBe(2)
  expect(out).toBe('')
  expect(err).toContain("no command 'frobnicate'")
  for (const name of commands) expect(err).toContain(name)
})

test.each([
  ['a command', ['evl', '1'], 'eval'],
  ['a command and flags', ['chekc', 'x.rtfs', '--json'], 'check'],
  ['a flag of every command', ['--offlin', 'eval', '1'], '--offline'],
  ['a command below another', ['l4', 'fnd'], 'find'],
  ['a flag', ['eval', '1', '--jsn'], '--json'],
])('%s that is mistyped: what was meant', async (_, args, meant) => {
  const { code, err } = await invoke(args)
  expect(code).toBe(2)
  expect(err).toContain(`(Did you mean ${meant}?)`)
})

test.each([
  ['no command', []],
  ['an unknown flag', ['eval', '1', '--frob']],
  ['a flag without its value', ['eval', '1', '--tier']],
  ['an unknown tier', ['eval', '1', '--tier', 'jit']],
  ['a limit that is no number', ['eval', '1', '--max-ms', 'soon']],
  ['a negative limit', ['eval', '1', '--max-fuel=-1']],
  ['a grant without a name', ['eval', '1', '--allow', '=x']],
  ['a grant with an empty scope', ['eval', '1', '--allow', 'read-file=']],
  ['the network without a host', ['eval', '1', '--allow', 'http-fetch']],
  ['no form', ['eval']],
  ['a form twice', ['eval', '1', '-e', '2']],
  ['a form for --jsonl', ['eval', '1', '--jsonl']],
  ['no program', ['run']],
  ['a program twice', ['run', 'a.rtfs', '-e', '1']],
  ['--args without --fn', ['run', '-e', '1', '--args', '[]']],
  ['--args that is no vector', ['run', '-e', '1', '--fn', 'f', '--args', '1']],
  ['nothing to check', ['check']],
  ['an unknown form to emit', ['compile', '-e', '1', '--emit', 'jvm']],
  ['an unknown target', ['compile', '-e', '1', '--target', 'arm']],
  ['a group without a command', ['l4']],
  ['an unknown command of a group', ['l4', 'frob']],
  ['a search without a type', ['l4', 'find']],
])('%s exits with 2', async (_, args) => {
  const { code, out, err } = await invoke(args)
  expect(code).toBe(2)
  expect(out).toBe('')
  expect(err).not.toBe('')
  expect(err).not.toMatch(/^\s+at .*\.[jt]s:/m)
})

test('a file that is not there is a fault of the environment', async () => {
  const { code, err } = await invoke(['run', 'nowhere.rtfs'])
  expect(code).toBe(4)
  expect(err).toBe('rtfs: cannot read nowhere.rtfs: there is no such file\n')
})

test('an unexpected fault prints one line and exits with 4', async () => {
  const { code, err } = await invoke(['eval', '1'], {
    io: {
      out: () => {
        throw new TypeError('the pipe\nis broken')
      },
    },
  })
  expect(code).toBe(4)
  expect(err).toBe('rtfs: the pipe is broken\n')
})

test('colour is there only when it is wanted', async () => {
  const plain = await invoke(['eval', '(/ 1 0)'])
  const colored = await invoke(['eval', '(/ 1 0)'], { io: { errorColor: true } })
  expect(plain.err).not.toContain('\u001b[')
  expect(colored.err).toContain('\u001b[31m')
})
