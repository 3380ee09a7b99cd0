import { codeHashes, lower } from '@rtfs/ir'
import { hasErrors, parse } from '@rtfs/parser'
import { describe, expect, test } from 'vitest'
import { Analysis } from './analysis.js'
import { analysed, caret } from './analysis.test-util.js'
import { Modules } from './definition.js'
import { programs } from './programs.test-util.js'
import { type FileEdit, RenameRefused, renameAt } from './rename.js'

function applied(text: string, edits: readonly FileEdit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((done, edit) => done.slice(0, edit.start) + edit.text + done.slice(edit.end), text)
}

function renamed(marked: string, newName: string): string {
  const { text, offset } = caret(marked)
  const { analysis } = analysed(text)
  try {
    return applied(
      text,
      renameAt(analysis, offset, newName, () => []),
    )
  } catch (error) {
    if (error instanceof RenameRefused) return `! ${error.message}`
    throw error
  }
}

test.each([
  ['a parameter', '(defn f [|x y] (+ x y))', '(defn f [n y] (+ n y))'],
  ['from a use', '(defn f [x y] (+ |x y))', '(defn f [n y] (+ n y))'],
  ['an inner x is another x', '(let [|x 1] (let [x 2] x) x)', '(let [n 1] (let [x 2] x) n)'],
  ['an init sees the outer name', '(let [|x 1 x (+ x 1)] x)', '(let [n 1 x (+ n 1)] x)'],
  ['a function with its calls', '(defn |f [] 1) (defn g [] (f))', '(defn n [] 1) (defn g [] (n))'],
  ['a function used before it', '(defn g [] (f)) (defn |f [] 1)', '(defn g [] (n)) (defn n [] 1)'],
  [
    'exports of a module',
    '(module m (:exports [f]) (defn |f [] 1))',
    '(module m (:exports [n]) (defn n [] 1))',
  ],
  ['a loop', '(loop [|i 0] (if (< i 3) (recur (+ i 1)) i))', '(loop [n 0] (if (< n 3) (recur (+ n 1)) n))'],
  ['a match', '(match [1 2] [|a b] (+ a b) _ 0)', '(match [1 2] [n b] (+ n b) _ 0)'],
  ['a caught error', '(try (f) (catch _ |e (str e)))', '(try (f) (catch _ n (str n)))'],
  ['a map pattern', '(let [{|a :key} m] a)', '(let [{n :key} m] n)'],
  ['a comprehension', '(for [|x [1 2] :when (odd? x)] (* x x))', '(for [n [1 2] :when (odd? n)] (* n n))'],
  ['dotimes', '(dotimes [|i 3] (print i))', '(dotimes [n 3] (print n))'],
  ['a named fn', '((fn |go [x] (go x)) 1)', '((fn n [x] (n x)) 1)'],
  ['text is no use', '(defn f [|x] (str "x" :x x)) ; x', '(defn f [n] (str "x" :x n)) ; x'],
])('renames %s', (_, marked, expected) => expect(renamed(marked, 'n')).toBe(expected))

test.each([
  ['a key', '(let [{:keys [|a]} m] a)', 'n', /also names a key/],
  ['what is bound', '(let [|x 1 y 2] (+ x y))', 'y', /bound already/],
  ['a library name in use', '(defn f [|x] (+ x 1))', '+', /library function/],
  ['no name', '(f |1)', 'n', /no name here/],
  ['a bad name', '(let [|x 1] x)', '1x', /not a name/],
  ['a keyword', '(let [|x 1] x)', ':k', /not a name/],
])('refuses %s', (_, marked, newName, reason) => expect(renamed(marked, newName)).toMatch(reason))

test('a function that other files use', () => {
  const { text, offset } = caret('(module shop (:exports [total]) (defn |total [x] x))')
  const users = {
    'file:///srv/a.rtfs': '(import shop :as s) (s/total 1)',
    'file:///srv/b.rtfs': '(import shop :only [total]) (total 2)',
    'file:///srv/c.rtfs': '(defn total [x] x) (total 3)',
  }
  const { analysis, workspace } = analysed(text, { 'file:///srv/shop.rtfs': text, ...users })
  const modules = new Modules(workspace)
  const edits = renameAt(analysis, offset, 'sum', () => modules.all(Object.keys(users)))
  const of = (uri: keyof typeof users) =>
    applied(
      users[uri],
      edits.filter(each => each.uri === uri),
    )
  expect(of('file:///srv/a.rtfs')).toBe('(import shop :as s) (s/sum 1)')
  expect(of('file:///srv/b.rtfs')).toBe('(import shop :only [sum]) (sum 2)')
  expect(of('file:///srv/c.rtfs')).toBe(users['file:///srv/c.rtfs'])
})

/** Code hashes do not see names: a program with a name changed everywhere has the same ones. */
describe('renaming leaves the code as it is', () => {
  const hashes = (text: string): readonly (string | undefined)[] | undefined => {
    const parsed = parse(text)
    if (hasErrors(parsed)) return undefined
    return [...codeHashes(lower(parsed.program).unit).values()]
  }
  const examples = programs().filter(
    ([name, text]) => name.startsWith('examples/') && hashes(text) !== undefined,
  )
  test('there are examples', () => expect(examples.length).toBeGreaterThan(5))
  test.each(examples)('%s', (_, text) => {
    const { workspace } = analysed(text)
    const analysis = new Analysis('file:///srv/main.rtfs', text, workspace)
    const locals = analysis.names.bindings.filter(({ kind }) => kind === 'local' || kind === 'parameter')
    // Every binding costs a whole parse: a handful, spread over the text.
    const step = Math.max(1, Math.floor(locals.length / 12))
    for (let i = 0; i < locals.length; i += step) {
      const { span } = locals[i]!
      let changed: string
      try {
        changed = applied(
          text,
          renameAt(analysis, span.start, 'renamed-here', () => []),
        )
      } catch (error) {
        expect(error).toBeInstanceOf(RenameRefused)
        continue
      }
      expect(hashes(changed)).toEqual(hashes(text))
    }
  })
})
