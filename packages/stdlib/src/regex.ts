import { invalidArgument, type Meter, RtfsVector, type Value } from '@rtfs/core'
import { type Matcher, RE2JS, RE2JSException } from 're2js'
import { stringOf } from './arguments.js'
import type { BuiltinDefinition, LibraryContext } from './builtin.js'
import { accountGrowth, chargeMade, made } from './charges.js'
import { binary, define } from './define.js'

const match = '[:union :string [:vector [:union :string :nil]] :nil]'

/** Regular expressions (LANGUAGE §13.3). The engine is RE2's: linear time, no back-references, no look-around. */
export function regularExpressions(): readonly BuiltinDefinition[] {
  return [
    define({
      name: 're-matches',
      section: '13.3',
      signature: `[:=> [:string :string] ${match}]`,
      doc: 'The match when the pattern fits the whole text, else nil: the text, or `[whole group…]` when the pattern has groups.',
      examples: {
        '(re-matches "a+" "aab")': 'nil',
        '(re-matches "a+" "aa")': '"aa"',
        '(re-matches "(a)(x)?" "a")': '["a" "a" nil]',
        '(re-matches "(" "")': '! InvalidArgument',
      },
      implementation: binary((re, s, context) => {
        const matcher = matcherOf(re, s, 're-matches', context)
        return matcher.matches() ? matchValue(matcher, context.meter) : null
      }),
    }),
    define({
      name: 're-find',
      section: '13.3',
      signature: `[:=> [:string :string] ${match}]`,
      doc: 'The first match anywhere in the text, else nil: the text, or `[whole group…]` when the pattern has groups.',
      examples: {
        '(re-find "[0-9]+" "a12b3")': '"12"',
        '(re-find "(\\\\w)=(\\\\d)" "x=1")': '["x=1" "x" "1"]',
        '(re-find "z" "a")': 'nil',
      },
      implementation: binary((re, s, context) => {
        const matcher = matcherOf(re, s, 're-find', context)
        return matcher.find() ? matchValue(matcher, context.meter) : null
      }),
    }),
    define({
      name: 're-seq',
      section: '13.3',
      signature: '[:=> [:string :string] [:vector :any]]',
      doc: 'A vector of all matches, from left to right and not overlapping, each as `re-find` gives it.',
      examples: { '(re-seq "[0-9]" "a1b2")': '["1" "2"]', '(re-seq "x" "a")': '[]' },
      implementation: binary((re, s, context) => {
        const { meter } = context
        const matcher = matcherOf(re, s, 're-seq', context)
        const matches: Value[] = []
        // One search is linear, but every search may look through the whole rest of the text, so the clock is
        // looked at for each of them.
        while (matcher.find()) {
          meter.checkDeadline()
          meter.charge(1)
          accountGrowth(meter, matches.length + 1, 1)
          matches.push(matchValue(matcher, meter))
        }
        return RtfsVector.adopt(matches)
      }),
    }),
  ]
}

/**
 * True when the pattern is found anywhere in the text, in time linear in the text. InvalidArgument for a pattern
 * that is not one. For the `:matches-regex` predicate of types.
 */
export function matchesRegex(pattern: string, text: string): boolean {
  const program = compile(pattern)
  searchWork(program, text)
  return program.test(text)
}

/** Longer patterns are refused. */
const maxPatternLength = 1000
/** Steps of one search; a step takes 10 ns at most, and nothing can stop a search. */
const maxSearchWork = 1e8
/** Compiled patterns kept. Each may come to hold 8 MB of states. */
const maxCompiled = 32
/** Least recently used first. */
const compiled = new Map<string, RE2JS>()

function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern)
  if (known !== undefined) {
    compiled.delete(pattern)
    compiled.set(pattern, known)
    return known
  }
  if (pattern.length > maxPatternLength) {
    throw invalidArgument(`a pattern may have ${maxPatternLength} characters, this one has ${pattern.length}`)
  }
  const program = compileFresh(pattern)
  if (compiled.size >= maxCompiled) compiled.delete(compiled.keys().next().value!)
  compiled.set(pattern, program)
  return program
}

function compileFresh(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (cause) {
    if (cause instanceof RE2JSException) throw invalidArgument(`bad pattern: ${cause.message}`)
    throw cause
  }
}

/** Steps that a search takes at most: the engine may have to follow every part of the pattern at every position. */
function searchWork(program: RE2JS, text: string): number {
  const work = text.length * program.programSize()
  if (work <= maxSearchWork) return work
  throw invalidArgument(`the pattern is too large for a text of ${text.length} characters`)
}

/** A matcher, with one search charged: 1 fuel for 8 steps, which is what most patterns take far less than. */
function matcherOf(re: Value, s: Value, operation: string, { meter }: LibraryContext): Matcher {
  const pattern = stringOf(re, operation)
  const text = stringOf(s, operation)
  const program = compile(pattern)
  meter.charge(Math.ceil(searchWork(program, text) / 8))
  return program.matcher(text)
}

function matchValue(matcher: Matcher, meter: Meter): Value {
  const groups = matcher.groupCount()
  if (groups === 0) return groupText(matcher, 0, meter)
  chargeMade(meter, groups + 1)
  const values: Value[] = []
  for (let i = 0; i <= groups; i++) values.push(groupText(matcher, i, meter))
  return RtfsVector.adopt(values)
}

function groupText(matcher: Matcher, group: number, meter: Meter): string | null {
  const text = matcher.group(group)
  return text === null || text === undefined ? null : made(meter, text)
}
