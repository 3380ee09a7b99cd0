import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { formatSource, printProgram } from './format.js'
import { hasErrors, parse, parseExpression, parseType } from './parse.js'
import { shape, templateEvaluator } from './parser.test-util.js'
import { programs } from './programs.test-util.js'
import { readForms } from './read-forms.js'

/** A small generator with a seed, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const pieces = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '#(',
  '#_',
  '#|',
  '|#',
  '"',
  ';',
  '\n',
  "'",
  '`',
  '~',
  '~@',
  '^',
  '^{',
  '@',
  ':',
  ' : ',
  '::',
  '&',
  '%',
  '%1',
  '#',
  '##',
  '\\',
  '/',
  '.',
  '-',
  '0',
  '9e9',
  'x#',
  ':as',
  ':keys',
  ':or',
  'when',
  'recur',
  '\u0000',
  '\ud800',
  '\udc00',
  '🙂',
  'é',
  '(if',
  '(fn [',
  '(let [',
  '(catch',
  '(match',
  '(defmacro',
  '(-> ',
  '(quote ',
  ':delegation',
  '2026-01-',
  'resource://',
  '\ufeff',
  '\u00a0',
  '\r',
]

function mutate(text: string, next: (below: number) => number): string {
  let made = text
  for (let changes = 1 + next(4); changes > 0; changes--) {
    const from = next(made.length + 1)
    const to = Math.min(made.length, from + next(8))
    switch (next(5)) {
      case 0:
        made = made.slice(0, from) + made.slice(to)
        break
      case 1:
        made = made.slice(0, from) + pieces[next(pieces.length)]! + made.slice(from)
        break
      case 2:
        made = made.slice(0, from) + pieces[next(pieces.length)]! + made.slice(to)
        break
      case 3:
        made = made.slice(0, to) + made.slice(from)
        break
      default: {
        const other = programs[next(programs.length)]!
        const start = next(other.length)
        made = made.slice(0, from) + other.slice(start, start + next(30)) + made.slice(to)
      }
    }
  }
  return made
}

const inputs = Number(process.env['RTFS_FUZZ'] ?? 20_000)

test(`${inputs} broken programs: no throw, no hang, places inside the text`, {
  timeout: 30_000 + inputs * 5,
}, () => {
  const next = random(Number(process.env['RTFS_SEED'] ?? 1))
  const evaluator = templateEvaluator()
  let valid = 0
  for (let i = 0; i < inputs; i++) {
    const text = mutate(programs[i % programs.length]!, next)
    try {
      const result = parse(text, { evaluator, repair: i % 2 === 0 })
      for (const { start, end, fixes, related } of result.diagnostics) {
        for (const span of [{ start, end }, ...related, ...fixes.flatMap(fix => fix.edits)]) {
          const inside = span.start >= 0 && span.end >= span.start && span.end <= text.length
          if (!inside) throw new Error(`span ${span.start}–${span.end}`)
        }
        result.source.positionsOf({ start, end })
      }
      readForms(text, { comments: true })
      parseExpression(text)
      parseType(text)
      const formatted = formatSource(text)
      if (formatSource(formatted) !== formatted) throw new Error('formatting twice differs')
      const plain = parse(text)
      if (!hasErrors(plain)) {
        valid++
        // A program that survived its mutation prints and reads as ever.
        const again = parse(printProgram(plain.program))
        if (!isDeepStrictEqual(shape(again.program.forms), shape(plain.program.forms)))
          throw new Error('prints badly')
      }
    } catch (error) {
      throw new Error(`input ${i}: ${JSON.stringify(text)}`, { cause: error })
    }
  }
  // Mutation must leave some programs valid and break most, or it tests nothing.
  expect(valid).toBeGreaterThan(inputs / 100)
  expect(valid).toBeLessThan(inputs / 2)
})
