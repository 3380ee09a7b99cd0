/*
 * Names with a meaning of their own (LANGUAGE §5, §17.1). Reserved ones cannot be bound; shadowable ones can, and are
 * then ordinary functions. What each form means is in `special-forms.ts`; a new form needs its name here, too.
 */

/** Kinds of RTFS 2.0 objects. */
export const objectKinds: ReadonlySet<string> = new Set([
  'intent',
  'plan',
  'action',
  'capability',
  'resource',
  'module',
  'task',
])

/** Special forms that user code may shadow. */
export const shadowableForms: ReadonlySet<string> = new Set([
  'and',
  'or',
  'step',
  'call',
  'get',
  'for',
  'loop',
  'case',
  'cond',
  'when',
  'throw',
  'parallel',
])

/** All other special forms. */
export const reservedForms: ReadonlySet<string> = new Set([
  'def',
  'defn',
  'fn',
  'λ',
  'let',
  'letrec',
  'recur',
  'if',
  'when-not',
  'unless',
  'if-let',
  'when-let',
  'do',
  'match',
  'try',
  'quote',
  'quasiquote',
  'unquote',
  'unquote-splicing',
  'defmacro',
  'defstruct',
  'deftype',
  'dotimes',
  '->',
  '->>',
  'set!',
  'with-resource',
  'log-step',
  'step-if',
  'step-loop',
  'step-parallel',
  'discover-agents',
  'llm-execute',
  'resource:ref',
  'the',
  'conforms?',
  'deftest',
  'is',
  'import',
])

/** True for names of special forms that cannot be bound. */
export function isReserved(name: string): boolean {
  return reservedForms.has(name)
}
