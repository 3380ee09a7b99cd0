/** What a name of another language is here: a name to write instead, or how it is done. */
export interface ForeignName {
  readonly name?: string
  readonly hint: string
}

const named = (name: string): ForeignName => ({ name, hint: `Did you mean \`${name}\`?` })
const assignment: ForeignName = {
  hint: 'Names are never assigned: use let for a new value, loop and recur for a changing one.',
}
const sets: ForeignName = { hint: 'There are no sets: use distinct, or a map with the elements as keys.' }

/** Names that people and models know from elsewhere, too far from ours for a guess by their letters. */
const foreign: ReadonlyMap<string, ForeignName> = new Map([
  ...['None', 'null', 'NULL', 'nullptr', 'undefined', 'Nil'].map(name => [name, named('nil')] as const),
  ...['True', 'TRUE', '#t'].map(name => [name, named('true')] as const),
  ...['False', 'FALSE', '#f'].map(name => [name, named('false')] as const),
  ...['&&', 'andalso'].map(name => [name, named('and')] as const),
  ...['||', 'orelse'].map(name => [name, named('or')] as const),
  ...['===', 'eq?', 'equal?', 'eql?'].map(name => [name, named('=')] as const),
  ...['!==', '<>', '/='].map(name => [name, named('not=')] as const),
  ['!', named('not')],
  ['%', named('mod')],
  ['**', named('pow')],
  ['^', named('pow')],
  ['expt', named('pow')],
  ['1+', named('inc')],
  ['1-', named('dec')],
  ...['subs', 'substr', 'slice'].map(name => [name, named('substring')] as const),
  ...['upper-case', 'to-upper', 'toUpperCase', 'string-upcase', 'upcase', 'upper'].map(
    name => [name, named('string-upper')] as const,
  ),
  ...['lower-case', 'to-lower', 'toLowerCase', 'string-downcase', 'downcase', 'lower'].map(
    name => [name, named('string-lower')] as const,
  ),
  ...['trim', 'strip'].map(name => [name, named('string-trim')] as const),
  ...['replace', 'replace-all'].map(name => [name, named('string-replace')] as const),
  ...['includes?', 'string-contains?', 'str-contains?'].map(
    name => [name, named('string-contains')] as const,
  ),
  ...['index-of', 'indexOf'].map(name => [name, named('string-index-of')] as const),
  ...['string-append', 'concatenate', 'strcat', 'format'].map(name => [name, named('str')] as const),
  ...['length', 'len', 'size'].map(name => [name, named('count')] as const),
  ...['car', 'head'].map(name => [name, named('first')] as const),
  ...['cdr', 'tail', 'next', 'butfirst'].map(name => [name, named('rest')] as const),
  ...['push', 'append'].map(name => [name, named('conj')] as const),
  ...['fold', 'foldl', 'fold-left', 'inject'].map(name => [name, named('reduce')] as const),
  ...['filterv', 'select'].map(name => [name, named('filter')] as const),
  ...['any?', 'not-empty'].map(name => [name, named('some?')] as const),
  ...['all?', 'for-all'].map(name => [name, named('every?')] as const),
  ...['flatmap', 'flat-map', 'concatMap'].map(name => [name, named('mapcat')] as const),
  ...['string->number', 'parse-long', 'parseInt', 'str->int', 'string->int'].map(
    name => [name, named('parse-int')] as const,
  ),
  ...['parse-double', 'parseFloat', 'string->float'].map(name => [name, named('parse-float')] as const),
  ...['number->string', 'to-string', 'toString', 'to-str', 'int->str'].map(
    name => [name, named('str')] as const,
  ),
  ...['double', 'to-float'].map(name => [name, named('float')] as const),
  ...['long', 'truncate', 'to-int'].map(name => [name, named('int')] as const),
  ...['display', 'printf', 'console.log'].map(name => [name, named('println')] as const),
  ...['json-parse', 'JSON.parse', 'json/decode'].map(name => [name, named('parse-json')] as const),
  ...['json-stringify', 'JSON.stringify', 'json/encode'].map(
    name => [name, named('serialize-json')] as const,
  ),
  ...['class', 'type', 'type-of', 'typeof'].map(name => [name, named('type-name')] as const),
  ...['atom', 'swap!', 'reset!', 'deref', 'ref', 'volatile!', 'vswap!', 'set!', 'setf', '++', '--', '+='].map(
    name => [name, assignment] as const,
  ),
  ...['set', 'hash-set', 'disj', 'union', 'intersection', 'difference'].map(name => [name, sets] as const),
  ['=>', { hint: 'A function has no arrow: (fn [x] body).' }],
  ['->>>', named('->>')],
  ['else', { hint: 'Write :else, as the last test of cond.' }],
  ['otherwise', { hint: 'Write :else, as the last test of cond.' }],
  ['return', { hint: 'There is no return: the last form of a function is its value.' }],
  ['iterate', { hint: 'There are no endless sequences: use loop and recur, or range.' }],
  ['lazy-seq', { hint: 'There are no endless sequences: use loop and recur, or range.' }],
])

/** What is known of a name that is none here. */
export function foreignName(name: string): ForeignName | undefined {
  const known = foreign.get(name)
  if (known !== undefined) return known
  if (name.startsWith('...')) return { hint: 'There is no spread: use (apply f xs), or (into [a b] xs).' }
  return undefined
}
