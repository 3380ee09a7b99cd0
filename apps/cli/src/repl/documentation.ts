import { RtfsFunction } from '@rtfs/core'
import { type Expr, printExpr } from '@rtfs/parser'
import { findBuiltin } from '@rtfs/stdlib'
import type { ReplSession } from './repl-session.js'

/** Special forms, with their shape and what they do. */
export const specialForms: ReadonlyMap<string, string> = new Map([
  ['def', '(def name value)  names a value'],
  ['defn', '(defn name "doc"? [params] body…)  names a function'],
  ['fn', '(fn name? [params] body…)  a function'],
  ['let', '(let [name value …] body…)  local names'],
  ['letrec', '(letrec [name value …] body…)  local names that may refer to one another'],
  ['loop', '(loop [name start …] body…)  repeats with recur'],
  ['recur', '(recur value …)  goes round the loop, or the function, again'],
  ['if', '(if test then else?)  one of two'],
  ['if-let', '(if-let [name value] then else?)  with the value, when there is one'],
  ['when', '(when test body…)  only when true'],
  ['when-not', '(when-not test body…)  only when not true'],
  ['when-let', '(when-let [name value] body…)  with the value, when there is one'],
  ['unless', '(unless test body…)  only when not true'],
  ['cond', '(cond test value … :else value)  the first that is true'],
  ['case', '(case value constant result … default?)  by equality'],
  ['match', '(match value pattern result …)  by shape'],
  ['do', '(do form…)  one after the other'],
  ['and', '(and form…)  the first that is not true, or the last'],
  ['or', '(or form…)  the first that is true, or the last'],
  ['try', '(try body… (catch Kind name …) (finally …))  handles errors'],
  ['throw', '(throw error)  raises'],
  ['for', '(for [name items :when test] body)  a vector of results'],
  ['dotimes', '(dotimes [i n] body…)  n times'],
  ['quote', '(quote form)  the form as data'],
  ['quasiquote', '(quasiquote form)  the form as data, with ~ and ~@'],
  ['defmacro', '(defmacro name [params] body…)  a new form'],
  ['deftype', '(deftype Name type)  names a type'],
  ['defstruct', '(defstruct Name …)  names a type of maps'],
  ['deftest', '(deftest name body…)  a test for rtfs test'],
  ['is', '(is test)  what a test asserts'],
  ['import', '(import name :as alias)  a module'],
  ['module', '(module name (:exports […]) form…)  a module'],
  ['parallel', '(parallel [name form] …)  effects at the same time'],
  ['call', '(call :capability value …)  an effect'],
  ['the', '(the type value)  checks and gives the value'],
  ['->', '(-> value form…)  through forms, as first argument'],
  ['->>', '(->> value form…)  through forms, as last argument'],
  ['with-resource', '(with-resource [name type value] body…)  closes it afterwards'],
])

/** What is known about a name, `undefined` when nothing is. `paint` colours code; the rest are words. */
export function documentationOf(
  name: string,
  session: ReplSession,
  paint: (code: string) => string = code => code,
): string | undefined {
  const own = session.definition(name)
  if (own !== undefined) return paint(printExpr(own).trimEnd())
  const form = specialForms.get(name)
  if (form !== undefined) {
    const [shape = '', ...words] = form.split('  ')
    return [paint(shape), ...words].join('  ')
  }
  const builtin = findBuiltin(name)?.definition
  if (builtin === undefined) return undefined
  const { signature, doc, examples, aliases, capabilities } = builtin
  return [
    `${name}  ${paint(signature)}`,
    `  ${doc}`,
    ...(aliases.length === 0
      ? []
      : [`  also ${[builtin.name, ...aliases].filter(each => each !== name).join(', ')}`]),
    ...(capabilities.length === 0 ? [] : [`  needs ${capabilities.join(', ')}`]),
    ...examples.map(({ source, expect }) => `  ${paint(`${source}  ;; => ${expect}`)}`),
  ].join('\n')
}

/** One line about a name, for lists of completions. */
export function aboutName(name: string, session: ReplSession): string {
  const own = session.definition(name)
  if (own !== undefined) return firstLine(own)
  const form = specialForms.get(name)
  if (form !== undefined) return form
  const builtin = findBuiltin(name)
  if (builtin !== undefined) return builtin.definition.signature
  return session.value(name) instanceof RtfsFunction ? 'function' : ''
}

function firstLine(form: Expr): string {
  const line = printExpr(form, { width: 1000 }).split('\n')[0]!
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}
