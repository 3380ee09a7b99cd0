import { describe, expect, test } from 'vitest'
import { builtins, definitions, findBuiltin } from './index.js'

/** Every name of LANGUAGE §13, §5.5 and §16. */
const names = `
  + - * / quot rem mod inc dec max min abs pow sqrt floor ceil round factorial fact int float parse-int parse-float
  even? odd? zero? pos? neg? nan?
  = != not= == < <= > >= compare not and or identical?
  str pr-str string-length str-length substring string-contains string-contains? includes? starts-with? ends-with?
  string-upper string-lower string-trim upper-case lower-case trim split join string-join string-replace
  string-index-of re-matches re-find re-seq keyword symbol name namespace
  vector list hash-map vec into count length empty? get get-in nth first second last rest cons conj concat assoc
  assoc-in dissoc update update-in merge select-keys remove keys vals find contains? subvec take drop take-while
  drop-while reverse distinct sort sort-by frequencies group-by partition zipmap range numbers repeat
  map mapv mapcat map-indexed filter reduce every? some? some apply identity constantly comp partial complement
  int? float? number? string? string-p nil? map? vector? keyword? symbol? fn? bool? boolean? list? coll? seq?
  sequential? timestamp? uuid? resource-handle? error? type-name parse-json tool:parse-json serialize-json
  tool:serialize-json serialize-json-pretty getMessage ex-message ex-data ex-info Exception. RuntimeError. Error.
  gensym macroexpand macroexpand-1 timestamp uuid timestamp-ms
  tool:log log tool:log-error tool:print print println tool:read-input tool:open-file open-file tool:read-line
  read-line tool:write-line write-line tool:close-file close-file tool:file-exists? file-exists? read-file
  read-lines write-file delete-file tool:get-env get-env tool:current-time current-time tool:current-timestamp-ms
  current-timestamp-ms rand rand-int random-uuid sleep-ms tool:http-fetch http-fetch ask-human kv/get kv/put
  kv/assoc! kv/dissoc! kv/conj! context/get context/set rtfs.task/current`
  .trim()
  .split(/\s+/)

test.each(names)('%s is there', name => {
  expect(findBuiltin(name)).toBeDefined()
  expect(findBuiltin(`stdlib/${name}`)).toBe(findBuiltin(name))
})

test('nothing else is there, but tool/x for tool:x', () => {
  const listed = new Set(names.flatMap(name => [name, name.replace('tool:', 'tool/')]))
  const surplus = [...builtins().keys()].filter(name => !name.startsWith('stdlib/') && !listed.has(name))
  expect(surplus).toEqual([])
})

test('no two functions have one name', () => {
  const all = definitions().flatMap(({ name, aliases }) => [name, ...aliases])
  expect(all.filter((name, i) => all.indexOf(name) !== i)).toEqual([])
})

test('an unknown name is undefined', () => {
  expect(findBuiltin('no-such-function')).toBeUndefined()
  expect(findBuiltin('toString')).toBeUndefined()
})

describe.each(definitions().map(definition => [definition.name, definition] as const))(
  '%s',
  (name, definition) => {
    test('takes as many arguments as its type says', () => {
      const { type, arity } = definition
      if (type.kind !== 'function') throw new Error(`${definition.signature} is no function type`)
      expect(arity.min).toBe(type.params.length)
      if (type.rest === undefined) expect(arity.max).toBe(arity.min)
      else expect(arity.max).toBeGreaterThan(arity.min)
      expect(definition.type).toBe(type)
    })

    test('is documented', () => {
      expect(definition.doc).toMatch(/^[A-Z"`-].*\.$/s)
      expect(definition.examples.length).toBeGreaterThan(0)
      expect(definition.section).toMatch(/^\d+(\.\d+)?$/)
      const called = definition.examples.some(({ source }) =>
        [name, ...definition.aliases].some(
          alias => source.includes(`(${alias}`) || source.includes(` ${alias} `),
        ),
      )
      expect(called).toBe(true)
    })
  },
)
