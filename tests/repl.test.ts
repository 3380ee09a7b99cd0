import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { startInTerminal } from './terminal.js'
import { root } from './workspace.js'

const main = join(root, 'apps/cli/dist/main.cjs')
const keys = { up: '\u001b[A', home: '\u001b[H', ctrlC: '\u0003', ctrlD: '\u0004', ctrlR: '\u0012' }
type Session = ReturnType<typeof startInTerminal>
let open: Session[] = []

afterEach(() => {
  for (const session of open) session.kill()
  open = []
})

async function repl(home = freshHome(), args: readonly string[] = [], env = {}): Promise<Session> {
  const session = startInTerminal([main, 'repl', ...args], {
    cwd: home,
    env: { RTFS_HOME: home, NO_COLOR: '', ...env },
  })
  open.push(session)
  await session.seeLast('rtfs>')
  return session
}

function freshHome(): string {
  return mkdtempSync(join(tmpdir(), 'rtfs-repl-'))
}

describe('rtfs repl in a terminal', () => {
  test('values, errors with their place, definitions that survive them, *1 and *e', async () => {
    const it = await repl()
    it.type('(def answer 42)\r')
    await it.seeLast('rtfs>')
    it.type('(/ answer 0)\r')
    await it.see('DivisionByZero: Division by zero')
    await it.see('--> input 2:1:1')
    it.type('(+ answer 1)\r')
    await it.see('\n43')
    it.type('(* *1 2)\r')
    await it.see('\n86')
    it.type('(:type *e)\r')
    await it.see(':error/arithmetic')
    it.type(':unknown\r')
    await it.see('\n:unknown')
    it.type(keys.ctrlD)
    expect(await it.ended()).toBe(0)
  })

  test('an open form goes on in the next line, indented; it comes back whole', async () => {
    const it = await repl()
    it.type('(defn twice [x]\r')
    await it.see('  ...')
    it.type('(* 2 x))\r')
    await it.see('#<function twice>')
    expect(it.text()).toContain('rtfs> (defn twice [x]\n  ...   (* 2 x))')
    it.type('(twice 21)\r')
    await it.see('\n42')
    it.type(keys.up + keys.up)
    await it.see('(* 2 x))', 2)
    it.type('\r')
    await it.see('#<function twice>', 2)
  })

  test('Ctrl-C stops what runs; what was defined is still there', async () => {
    const it = await repl(undefined, ['--max-ms', 'unlimited', '--max-fuel', 'unlimited'])
    it.type('(def kept 7)\r')
    await it.seeLast('rtfs>')
    it.type('(do (println "runs") (loop [] (recur)))\r')
    await it.see('\nruns')
    it.type(keys.ctrlC)
    await it.see('interrupted')
    it.type('(inc kept)\r')
    await it.see('\n8')
    it.type(`unfinished${keys.ctrlC}`)
    await it.see('unfinished^C')
    it.type(keys.ctrlC + keys.ctrlC)
    expect(await it.ended()).toBe(130)
  })

  test('Ctrl-C stops a program that waits', async () => {
    const it = await repl(undefined, ['--allow', 'sleep-ms'])
    it.type('(do (println "waits") (sleep-ms 600000))\r')
    await it.see('\nwaits')
    // The evaluation that began to wait may be about to end: then the signal is lost, and a person presses again.
    await it.pressUntil(keys.ctrlC, 'interrupted')
    it.type('(+ 20 3)\r')
    await it.see('\n23')
  })

  test('Ctrl-C stops a program that computes after it has waited', async () => {
    const it = await repl(undefined, [
      ...['--allow', 'sleep-ms', '--max-ms', 'unlimited'],
      ...['--max-fuel', 'unlimited'],
    ])
    it.type('(do (sleep-ms 1) (println "on") (loop [] (recur)))\r')
    await it.see('\non')
    await it.pressUntil(keys.ctrlC, 'interrupted')
    it.type('(+ 20 3)\r')
    await it.see('\n23')
  })

  test('a limit ends an endless loop', async () => {
    const it = await repl()
    it.type(':limits fuel 1e5\r')
    await it.see('fuel    100000')
    it.type('(loop [] (recur))\r')
    await it.see('BudgetExhausted')
    await it.seeLast('rtfs>')
  })

  test('history is on the disk, its owner alone reads it, Ctrl-R finds', async () => {
    const home = freshHome()
    const first = await repl(home)
    first.type('(+ 100\r1)\r')
    await first.see('\n101')
    first.type('(str "b")\r')
    await first.see('\n"b"')
    first.type(keys.ctrlD)
    await first.ended()
    const file = join(home, 'repl-history')
    expect(readFileSync(file, 'utf8')).toBe('"(+ 100\\n   1)"\n"(str \\"b\\")"\n')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const second = await repl(home)
    second.type(`${keys.ctrlR}100`)
    await second.see('search in history: 100')
    second.type('\r')
    await second.see('\n101')
  })

  test('Tab completes names, and lists them with their types', async () => {
    const it = await repl()
    it.type('(map-ind\t')
    await it.see('(map-indexed')
    it.type(keys.ctrlC)
    it.type('(stri\t\t')
    await it.see('[:=>')
    it.type(keys.ctrlC)
    await it.see('^C', 2)
    it.type(':ti\t\t')
    await it.see('runs a form')
  })

  test('long values are cut, and it is said how to see all', async () => {
    const it = await repl()
    it.type('(range 1000)\r')
    await it.see('… 900 more')
    await it.see(':all prints the whole value')
    it.type(':all\r')
    await it.see('998 999]')
  })

  test('colour on a terminal, none with NO_COLOR', async () => {
    const colored = await repl()
    colored.type('(def a "x")\r')
    await colored.see('"x"', 2)
    expect(colored.raw()).toContain('\u001b[35mdef\u001b[0m')
    const plain = await repl(undefined, [], { NO_COLOR: '1' })
    plain.type('(def a "x")\r')
    await plain.see('"x"', 2)
    expect(plain.raw()).not.toMatch(/\u001b\[\d*(;\d+)*m/)
  })

  test('a pasted text of several forms; TERM=dumb; a narrow screen', async () => {
    const it = await repl()
    it.type('\u001b[200~(def a 1)\n\t(def b 2)\u001b[201~')
    await it.see('  ...   (def b 2)')
    it.type('\r')
    await it.see('\n2')
    it.resize(20, 10)
    it.type('(+ 1111111 2222222 3333333)')
    await it.see('3333333)')
    it.type(`${keys.home}\u001b[C\u001b[C\u001b[C5\r`)
    await it.see('56666666')
    const dumb = await repl(undefined, [], { TERM: 'dumb' })
    dumb.type('(+ 1\r2)\r')
    await dumb.see('... 3')
    expect(dumb.raw()).not.toContain('\u001b')
  })
})
