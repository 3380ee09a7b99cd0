import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { directoryWith, invoke } from '../invoke.test-util.js'

const repl = (input: string, args: readonly string[] = [], cwd = directoryWith()) =>
  invoke(['repl', ...args], { input, cwd })

test('forms from a pipe: values, nothing else; an open form goes on in the next line', async () => {
  const { code, out, err } = await repl('(def a 1)\n(+ a\n 1) :b\n')
  expect({ code, out, err }).toEqual({ code: 0, out: '1\n2\n:b\n', err: '' })
})

test('an error is told, what follows runs, the exit code is that of the first', async () => {
  const { code, out, err } = await repl('(def a 1)\n(/ a 0)\n(+ 1]\n(:type *e)\n(+ a 1)')
  expect(out).toBe('1\n:error/arithmetic\n2\n')
  expect(err).toContain('DivisionByZero')
  expect(err).toContain('error[P')
  expect(code).toBe(1)
})

test('commands; a keyword that is none is a value; wrong use is told', async () => {
  const { out, err } = await repl(
    '(defn f [x] x)\n:type (str 1)\n:ast (-> 1 inc)\n:frob\n:tier ast\n:limits fuel 10\n:doc f\n:tier jit\n:doc\n',
  )
  expect(out).toContain(':string\n')
  expect(out).toContain(':frob\n')
  expect(out).toContain('tier ast\n')
  expect(out).toContain('fuel    10\n')
  expect(out).toContain('(defn f [x] x)')
  expect(err).toContain(":tier is one of auto, ast, ir, wasm, not 'jit'")
  expect(err).toContain(':doc takes NAME')
})

test(':ir, :wat and :explain know the definitions before them', async () => {
  const { out, err } = await repl('(defn f [x :int] :int (+ x 1))\n:ir (f 1)\n:wat (f 1)\n:explain (f 1)\n')
  expect(err).toBe('')
  expect(out).toContain('(module')
  expect(out).toMatch(/wasm {5}\d+ bytes/)
  expect(out).toContain('type     :int')
})

test(':save writes the definitions in force, :load and a file bring them back, :reset forgets', async () => {
  const cwd = directoryWith()
  await repl('(def a 1)\n(defn f [x] (+ x a))\n(def a 2)\n:save s.rtfs\n', [], cwd)
  expect(readFileSync(join(cwd, 's.rtfs'), 'utf8')).toBe('(defn f [x] (+ x a))\n\n(def a 2)\n')
  expect((await repl('(f 1)', ['s.rtfs'], cwd)).out).toMatch(/\n3\n$/)
  expect((await repl(':load s.rtfs\n(f 1)\n:reset\n(f 1)', [], cwd)).err).toContain('UndefinedSymbol')
})

test('an undefined name is told once, with what may be meant; in a definition as a warning', async () => {
  const { err } = await repl('(lenght "a")\n')
  expect(err.split('lenght').length - 1).toBe(2)
  expect(err).toContain('hint: Did you mean `length`?')
  expect((await repl('(defn f [] (lenght "a"))\n')).err).toContain('warning[UndefinedSymbol]')
})
