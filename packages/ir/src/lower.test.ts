import { hasErrors, parse } from '@rtfs/parser'
import { describe, expect, test } from 'vitest'
import {
  decodeUnit,
  encodeUnit,
  formatUnit,
  infer,
  type LowerOptions,
  lower,
  parseUnitText,
  unitFromJson,
  unitToJson,
} from './index.js'
import { irOf, samples, unitOf } from './programs.test-util.js'

describe('forms', () => {
  test.each([
    ['literal', '1', '1'],
    ['library function by the name of its row', '(length "a")', '(call count "a")'],
    ['library function under stdlib/', 'stdlib/map', 'map'],
    ['unknown name', 'nope', '?nope'],
    ['if without else', '(if 1 2)', '(if test=1 then=2)'],
    ['vector', '[1 [2]]', '(vector elements=[1 (vector elements=[2])])'],
    ['map', '{:a 1}', '(map entries=[{key=:a value=1}])'],
    ['quote', "'(a :b)", '(quote value=#list[#symbol "a" :b])'],
    ['empty list', '()', '(quote value=#list[])'],
    ['and, or', '(and 1 (or))', '(and operands=[1 (or)])'],
    ['call of a keyword', '(:k {} 1)', '(call :k (map) 1)'],
    ['the', '(the int 1)', '(cast value=1 target=int path="the")'],
    ['conforms?', '(conforms? int 1)', '(conforms value=1 target=int)'],
    ['throw', '(throw "x")', '(throw value="x")'],
    ['call of a capability', '(call :a.b 1)', '(host-call capability=:a.b args=[1])'],
    ['task context', '@id', '(task-context name="id")'],
    ['resource:ref', '(resource:ref "r")', '(resource-ref resource="r")'],
    ['log-step', '(log-step :warn 1)', '(log-step level="warn" values=[1])'],
    [
      'parallel with annotation',
      '(parallel [a :int 1] [b 2])',
      '(parallel bindings=[{name="a" init=(cast value=1 target=int path="parallel a")} {name="b" init=2}])',
    ],
    ['dotimes', '(dotimes [i 3] i)', '(dotimes variable=i.1 count=3 body=[i.1])'],
    ['step without params', '(step "s" 1)', '(step name="s" body=[1])'],
    [
      'step with params',
      '(step "s" :params {"a" 1} %params)',
      '(step name="s" params=(map entries=[{key="a" value=1}]) paramsVariable=%params.1 body=[%params.1])',
    ],
    ['metadata without hints disappears', '^{:note 1} (str 1)', '(call str 1)'],
    ['execution hints', '^{:runtime.x 1} (str 1)', '(hints meta=["runtime.x" 1] body=(call str 1))'],
    ['deftype', '(deftype A int)', '(deftype name="A" target=int)'],
    ['defmacro', '(defmacro m [x] x)', '(defmacro name="m")'],
    [
      'is of an equality',
      '(is (= 1 2) "m")',
      '(is form=(call = 1 2) equality=true message="m" text="(= 1 2)")',
    ],
    ['is of something else', '(is true)', '(is form=true text="true")'],
    ['get of a name', '(get :nope)', '(context-get name="nope")'],
    [
      'get of a local name',
      '(let [x 1] (get :x))',
      '(let bindings=[{pattern={bind variable=x.1} init=1}] body=[(context-get name="x" local=x.1)])',
    ],
    ['get does not look into the library', '(get :map)', '(context-get name="map")'],
    [
      'for',
      '(for [x [1] :when x :let [y x]] y)',
      '(for clauses=[{for-binding pattern={bind variable=x.1} collection=(vector elements=[1])} {for-when test=x.1} {for-let bindings=[{pattern={bind variable=y.2} init=x.1}]}] body=[y.2])',
    ],
  ])('%s', (_, text, expected) => expect(irOf(text)).toBe(expected))
})

describe('functions', () => {
  test.each([
    [
      'params and rest',
      '(fn [a :int & r :float] a)',
      '(lambda#1 params=[{pattern={bind variable=a.2} annotation=int path="fn/param a"}] rest={pattern={bind variable=r.3} annotation=float path="fn/param r"} body=[a.2])',
    ],
    [
      ':any is no annotation',
      '(fn [a :any] :any a)',
      '(lambda#1 params=[{pattern={bind variable=a.2} path="fn/param a"}] body=[a.2])',
    ],
    ['self only where it is used', '(fn f [] 1)', '(lambda#1 name="f" body=[1])'],
    ['self', '(fn f [] (f))', '(lambda#1 name="f" self=f.2 body=[(tail-call f.2)])'],
    [
      'a parameter hides self',
      '(fn f [f] (f))',
      '(lambda#1 name="f" params=[{pattern={bind variable=f.2} path="f/param f"}] body=[(tail-call f.2)])',
    ],
    [
      'def of a function names it, but binds it by the cell',
      '(def f (fn [] (f)))',
      '(def name="f" init=(lambda#1 name="f" body=[(tail-call @f)]))',
    ],
    ['defn', '(defn f [] (f))', '(def name="f" init=(lambda#1 name="f" self=f.2 body=[(tail-call f.2)]))'],
    [
      'captures go through functions between',
      '(let [x 1] (fn [] (fn [] x)))',
      '(let bindings=[{pattern={bind variable=x.1} init=1}] body=[(lambda#2 body=[(lambda#3 body=[x.1] captures=[x.1])] captures=[x.1])])',
    ],
    [
      'captures in order of use, once',
      '(let [x 1 y 2] (fn [] [y x y]))',
      '(let bindings=[{pattern={bind variable=x.1} init=1} {pattern={bind variable=y.2} init=2}] body=[(lambda#3 body=[(vector elements=[y.2 x.1 y.2])] captures=[y.2 x.1])])',
    ],
    [
      'globals are not captured',
      '(do (def x 1) (fn [] x))',
      '(do body=[(def name="x" init=1) (lambda#1 body=[@x])])',
    ],
    [
      'defaults see what is bound so far',
      '(fn [{:keys [a b] :or {b a}}] b)',
      '(lambda#1 params=[{pattern={map-pattern entries=[{key=:a pattern={bind variable=a.2}} {key=:b pattern={bind variable=b.3} default=a.2}]} path="fn/param {}"}] body=[b.3])',
    ],
    [
      'declaration without body',
      '(defn f "d" ^:delegation :l4 [x :int] :int)',
      '(def name="f" init=(lambda#1 name="f" params=[{pattern={bind variable=x.2} annotation=int path="f/param x"}] returnType=int hint={l4} doc="d"))',
    ],
  ])('%s', (_, text, expected) => expect(irOf(text)).toBe(expected))
})

/** A function around the form, so that tail position means something; shows the body only. */
function bodyOf(text: string, returnType = ''): string {
  const ir = irOf(`(fn [g x] ${returnType} ${text})`)
  return ir.slice(ir.indexOf(' body=[') + ' body=['.length, -'])'.length)
}

describe('tail calls', () => {
  test.each([
    ['(g)', '(tail-call g.2)'],
    ['(do (g) (g))', '(do body=[(call g.2) (tail-call g.2)])'],
    ['(if (g) (g) (g))', '(if test=(call g.2) then=(tail-call g.2) else=(tail-call g.2))'],
    ['(and (g) (g))', '(and operands=[(call g.2) (tail-call g.2)])'],
    ['(or (g) (g))', '(or operands=[(call g.2) (tail-call g.2)])'],
    [
      '(let [y (g)] (g))',
      '(let bindings=[{pattern={bind variable=y.4} init=(call g.2)}] body=[(tail-call g.2)])',
    ],
    [
      '(match (g) _ when (g) (g))',
      '(match subject=(call g.2) clauses=[{pattern={match-any} guard=(call g.2) body=(tail-call g.2)}])',
    ],
    ['(g (g))', '(tail-call g.2 (call g.2))'],
    ['[(g)]', '(vector elements=[(call g.2)])'],
    [
      '(try (g) (catch _ (g)) (finally (g)))',
      '(try body=[(call g.2)] catches=[{pattern={catch-any} body=[(call g.2)]}] finally=[(call g.2)])',
    ],
    ['(parallel [a (g)])', '(parallel bindings=[{name="a" init=(call g.2)}])'],
    ['(step "s" (g))', '(step name="s" body=[(call g.2)])'],
    ['(step-if (g) (g) (g))', '(step-if test=(call g.2) then=(call g.2) else=(call g.2))'],
    [
      '(with-resource [r any (g)] (g))',
      '(with-resource variable=r.4 resourceType=any init=(call g.2) body=[(call g.2)])',
    ],
    ['^{:runtime.x 1} (g)', '(hints meta=["runtime.x" 1] body=(call g.2))'],
    ['(the int (g))', '(cast value=(call g.2) target=int path="the")'],
    ['(loop [] (g))', '(loop#4 body=[(tail-call g.2)])'],
  ])('%s', (text, expected) => expect(bodyOf(text)).toBe(expected))

  test('none at the top level', () => expect(irOf('(str 1)')).toBe('(call str 1)'))
  test('with a checked result only of the function itself', () =>
    expect(bodyOf('(do (g) (g))', ':int')).toBe('(do body=[(call g.2) (self-call g.2)])'))
})

describe('scope', () => {
  test.each([
    [
      'later bindings hide earlier ones',
      '(let [x 1 x x] x)',
      '(let bindings=[{pattern={bind variable=x.1} init=1} {pattern={bind variable=x.2} init=x.1}] body=[x.2])',
    ],
    [
      'bindings end with the let',
      '(do (let [x 1] x) x)',
      '(do body=[(let bindings=[{pattern={bind variable=x.1} init=1}] body=[x.1]) ?x])',
    ],
    [
      'local names hide the library',
      '(let [map 1] map)',
      '(let bindings=[{pattern={bind variable=map.1} init=1}] body=[map.1])',
    ],
    ['global names hide the library', '(def map 1) map', '(def name="map" init=1) @map'],
    [
      'also before they are defined',
      '(defn f [] (inc 1)) (def inc 2)',
      '(def name="f" init=(lambda#1 name="f" body=[(tail-call @inc 1)])) (def name="inc" init=2)',
    ],
    [
      'functions of a let see each other',
      '(let [f (fn [] (g)) g (fn [] (f))] f)',
      '(let bindings=[{pattern={bind variable=f.1!} init=(lambda#2 body=[(tail-call g.3)] captures=[g.3!])} {pattern={bind variable=g.3!} init=(lambda#4 body=[(tail-call f.1)] captures=[f.1!])}] body=[f.1])',
    ],
    [
      'other inits do not see functions further on',
      '(let [a g g (fn [] 1)] a)',
      '(let bindings=[{pattern={bind variable=a.1} init=?g} {pattern={bind variable=g.2!} init=(lambda#3 body=[1])}] body=[a.1])',
    ],
    [
      'def in a let is local to it',
      '(do (let [] (def x 1) x) x)',
      '(do body=[(let body=[(def name="x" variable=x.1! init=1) x.1] declares=[x.1!]) ?x])',
    ],
    [
      'functions among the inits see definitions of the body',
      '(let [f (fn [] x)] (def x 1) (f))',
      '(let bindings=[{pattern={bind variable=f.1!} init=(lambda#2 body=[x.3] captures=[x.3!])}] body=[(def name="x" variable=x.3! init=1) (call f.1)] declares=[x.3!])',
    ],
    [
      'def of a bound name replaces the value',
      '(let [x 1] (def x 2) x)',
      '(let bindings=[{pattern={bind variable=x.1} init=1} {pattern={wildcard} init=(def name="x" variable=x.2! init=x.1)}] body=[(def name="x" variable=x.2! init=2) x.2] declares=[x.2!])',
    ],
    [
      'def of a parameter replaces the value',
      '(fn [x] (def x 2) x)',
      '(lambda#1 params=[{pattern={bind variable=x.2} path="fn/param x"}] body=[(def name="x" variable=x.3! init=x.2) (def name="x" variable=x.3! init=2) x.3] declares=[x.3!])',
    ],
    [
      'def of a function binding fills its cell',
      '(let [f (fn [] 1)] (def f 2) f)',
      '(let bindings=[{pattern={bind variable=f.1!} init=(lambda#2 body=[1])}] body=[(def name="f" variable=f.1! init=2) f.1])',
    ],
    [
      'def in a do goes to the frame around',
      '(let [] (do (def x 1)) x)',
      '(let body=[(do body=[(def name="x" variable=x.1! init=1)]) x.1] declares=[x.1!])',
    ],
    [
      'def in an init goes to the frame around',
      '(let [a (def b 1)] b)',
      '(let bindings=[{pattern={bind variable=a.1} init=(def name="b" init=1)}] body=[@b])',
    ],
    [
      'names of a match clause',
      '(match [1 1] [x x] x (:as w [y & z]) [w y z])',
      '(match subject=(vector elements=[1 1]) clauses=[{pattern={match-vector elements=[{match-bind variable=x.1} {match-same variable=x.1}]} body=x.1} {pattern={match-as variable=w.2 pattern={match-vector elements=[{match-bind variable=y.3}] rest={match-bind variable=z.4}}} body=(vector elements=[w.2 y.3 z.4])}])',
    ],
    [
      'names of a catch clause',
      '(try 1 (catch e x [e x]))',
      '(try body=[1] catches=[{pattern={catch-any} variables=[e.1 x.2] body=[(vector elements=[e.1 x.2])]}])',
    ],
    [
      'a for clause sees the ones before',
      '(for [x [1] y x] y)',
      '(for clauses=[{for-binding pattern={bind variable=x.1} collection=(vector elements=[1])} {for-binding pattern={bind variable=y.2} collection=x.1}] body=[y.2])',
    ],
  ])('%s', (_, text, expected) => expect(irOf(text)).toBe(expected))
})

describe('loops', () => {
  test.each([
    [
      'recur names its loop',
      '(loop [i 0] (recur i))',
      '(loop#1 bindings=[{pattern={bind variable=i.2} init=0}] body=[(recur target=1 args=[i.2])])',
    ],
    [
      'recur names its function',
      '(fn [i] (recur i))',
      '(lambda#1 params=[{pattern={bind variable=i.2} path="fn/param i"}] body=[(recur target=1 args=[i.2])])',
    ],
    [
      'annotations hold for new values',
      '(loop [i :int 0] (recur i))',
      '(loop#1 bindings=[{pattern={bind variable=i.2} init=(cast value=0 target=int path="loop i")}] body=[(recur target=1 args=[(cast value=i.2 target=int path="loop i")])])',
    ],
    [
      'all new values are there before the first is checked',
      '(loop [i :int 0 j 0] (recur i (inc j)))',
      '(loop#1 bindings=[{pattern={bind variable=i.2} init=(cast value=0 target=int path="loop i")} {pattern={bind variable=j.3} init=0}] body=[(let bindings=[{pattern={bind variable=recur-0.4} init=i.2} {pattern={bind variable=recur-1.5} init=(call inc j.3)}] body=[(recur target=1 args=[(cast value=recur-0.4 target=int path="loop i") recur-1.5])])])',
    ],
  ])('%s', (_, text, expected) => expect(irOf(text)).toBe(expected))
})

describe('modules', () => {
  const module = '(module m (:exports [f]) (defn f [] h) (def h 1))'
  test.each([
    [
      'a module has its own names',
      `(def x 1) (module m (def y 2) [x y])`,
      '(def name="x" init=1) (module name="m" body=[(def name="y" init=2) (vector elements=[?x @y])] globals=["y"])',
    ],
    [
      'an alias is resolved',
      `${module} (import m :as n) n/f`,
      '(module name="m" exports=["f"] body=[(def name="f" init=(lambda#1 name="f" body=[@h])) (def name="h" init=1)] globals=["f" "h"]) (import module="m" alias="n") (qualified-ref module="m" name="f")',
    ],
    ['imported names are global', '(import m :only [f]) (f)', '(import module="m" only=["f"]) (call @f)'],
    [
      'with names nobody can list, any name may be one',
      '(import m :refer :all) (map f)',
      '(import module="m" referAll=true) (call ?map ?f)',
    ],
    [
      'a library function written with a slash',
      '(import m) (tool/log 1)',
      '(import module="m") (call log 1)',
    ],
  ])('%s', (_, text, expected) => expect(irOf(text)).toBe(expected))
})

describe('diagnostics', () => {
  const of = (text: string, options?: LowerOptions): readonly string[] => {
    const parsed = parse(text)
    if (hasErrors(parsed)) throw new Error(text)
    return lower(parsed.program, options).diagnostics.map(
      each => `${each.severity} ${each.code} ${text.slice(each.start, each.end)}`,
    )
  }
  const known: LowerOptions = { moduleExports: module => (module === 'm' ? ['f'] : undefined) }
  test.each([
    ['unknown name', 'nope', undefined, ['warning UndefinedSymbol nope']],
    ['strict', 'nope', { strict: true }, ['error UndefinedSymbol nope']],
    ['known from earlier units', 'nope', { knownGlobals: new Set(['nope']) }, []],
    ['module not imported', 'm/f', undefined, ['warning UndefinedSymbol m/f']],
    ['alias known from earlier units', 'n/f', { ...known, knownAliases: new Map([['n', 'm']]) }, []],
    ['not exported', '(import m) m/g', known, ['warning ModuleError m/g']],
    [
      'import of what is not exported',
      '(import m :only [g])',
      known,
      ['warning ModuleError (import m :only [g])'],
    ],
    ['refer all with known exports', '(import m :refer :all) (f g)', known, ['warning UndefinedSymbol g']],
    ['export of nothing', '(module a (:exports [b]))', undefined, ['warning ModuleError (:exports [b])']],
    [
      'exports of a module of the same unit',
      '(module a (defn f [] 1) (defn ^{:private true} g [] 2)) (import a) [a/f a/g]',
      undefined,
      ['warning ModuleError a/g'],
    ],
  ])('%s', (_, text, options, expected) => expect(of(text, options)).toEqual(expected))

  test('a name close by is suggested', () => {
    const hint = (text: string): string | undefined => lower(parse(text).program).diagnostics[0]?.hint
    expect(hint('(let [total 1] totl)')).toBe('Did you mean `total`?')
    expect(hint('(subtsring "a" 0)')).toBe('Did you mean `substring`?')
    expect(hint('(if None 1 2)')).toBe('Did you mean `nil`?')
    expect(hint('(str/upper-case "a")')).toBe('Did you mean `string-upper`? The library needs no import.')
    expect(hint('(other/thing "a")')).toBe('Import the module: (import other)')
    expect(hint('(swap! 1 2)')).toContain('never assigned')
    expect(hint('(let [None 1] None)')).toBeUndefined()
    expect(hint('zzzzzz')).toBe(undefined)
    expect(lower(parse('(subtsring "a" 0)').program).diagnostics[0]?.fixes).toEqual([
      {
        title: 'Replace subtsring by substring',
        safe: false,
        edits: [{ start: 1, end: 10, text: 'substring' }],
      },
    ])
  })
})

test('nesting beyond what passes can walk is not covered', () => {
  const nested = (depth: number): string => `${'(inc '.repeat(depth)}1${')'.repeat(depth)}`
  expect(() => lower(parse(nested(490), { maxDepth: 5000 }).program)).not.toThrow()
  expect(() => lower(parse(nested(510), { maxDepth: 5000 }).program)).toThrow(/does not cover nesting deeper/)
})

test('every form of a unit can be as deep as lowering allows', () => {
  const nested = `${'(let [x :int '.repeat(249)}1${'] x)'.repeat(249)}`
  const unit = unitOf(nested)
  expect(encodeUnit(decodeUnit(encodeUnit(unit)))).toEqual(encodeUnit(unit))
  expect(encodeUnit(parseUnitText(formatUnit(unit)))).toEqual(encodeUnit(unit))
  expect(encodeUnit(unitFromJson(unitToJson(unit)))).toEqual(encodeUnit(unit))
  expect(infer(unit).unit.forms).toHaveLength(1)
})

test.each(samples)('ids are unique and in order of the text: %s', text => {
  // `unitOf` verifies; the same text gives the same unit.
  expect(unitOf(text)).toEqual(unitOf(text))
})
